"""Watching a product: what is scraped, what alerts, and what a dashboard shows."""
