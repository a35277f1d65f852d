"""Delivery: attempts, devices and the answer log."""
