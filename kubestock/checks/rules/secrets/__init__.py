"""Whether confidential values stay confidential."""
