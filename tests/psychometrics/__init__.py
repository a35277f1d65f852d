"""Tests of the pure psychometrics package."""
