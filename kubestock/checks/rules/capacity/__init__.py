"""Whether quotas and limits admit everything."""
