"""Classical statistics."""
