"""Psychometrics measured beside the Python packages that do the same, and beside what BLAS alone would take."""
