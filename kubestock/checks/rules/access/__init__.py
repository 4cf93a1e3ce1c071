"""These rules check that roles grant no more than needed, and that bindings refer to roles and accounts that exist."""
