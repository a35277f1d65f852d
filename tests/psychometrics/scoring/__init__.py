"""Scores of many persons, of several domains, and how reliable they are."""
