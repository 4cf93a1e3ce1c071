"""Kong's open-source plugins as frozen values; a field has the name, type and default that Kong 3.9.3 gives it."""
