"""These rules check that objects are applied in an order that works, and that every sync ends."""
