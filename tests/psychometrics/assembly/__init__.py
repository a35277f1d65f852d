"""Tests of test assembly and shadow tests."""
