"""Sittings: an exam at a time and a place, and who is admitted to it."""
