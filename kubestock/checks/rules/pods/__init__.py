"""Whether pods start, keep running, and can be replaced."""
