"""Results: who reached what, in which order, and from which answers."""
