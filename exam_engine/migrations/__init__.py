"""Migrations of the engine's tables."""
