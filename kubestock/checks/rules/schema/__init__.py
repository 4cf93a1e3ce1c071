"""Whether every object is one that the API server takes."""
