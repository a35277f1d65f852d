"""Supervision brings no commands of its own."""

commands = ()
