"""Staff: accounts, roles, scopes, signing in."""
