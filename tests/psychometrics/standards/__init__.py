"""Standards, classification and criterion validity."""
