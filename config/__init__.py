"""What an installation is: profiles (TOML), reverse proxy, service units."""
