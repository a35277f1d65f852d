"""Scoring: from an attempt's log to points, abilities and thresholds met."""
