"""What `make` runs to set a checkout up."""
