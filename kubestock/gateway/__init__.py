"""Gateways: what delivery and monitoring need to know of any, and Kong, the one that there is."""
