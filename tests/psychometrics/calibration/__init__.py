"""Calibration: estimates, errors, groups, anchors, rare inputs."""
