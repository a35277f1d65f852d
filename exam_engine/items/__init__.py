"""Item documents, and what a response earns."""
