"""Tests of `psychometrics.fairness`."""
