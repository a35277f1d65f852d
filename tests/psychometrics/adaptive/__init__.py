"""Adaptive and multistage tests."""
