"""These rules check that confidential values stay confidential."""
