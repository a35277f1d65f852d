"""Exams as data: definitions, and the papers frozen for delivery."""
