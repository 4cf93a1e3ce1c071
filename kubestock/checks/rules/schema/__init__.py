"""These rules check that the API server accepts every object."""
