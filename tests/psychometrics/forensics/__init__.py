"""Person fit and forensics."""
