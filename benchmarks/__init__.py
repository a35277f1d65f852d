"""Measurements. Each runs us and the rival, or the limit, in one run and prints the ratio."""
