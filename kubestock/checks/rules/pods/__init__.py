"""These rules check that pods start, keep running, and can be replaced."""
