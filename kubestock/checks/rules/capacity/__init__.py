"""These rules check that the objects fit in the quotas and limits of their namespaces."""
