"""Whether everything is applied in an order that works, and ends."""
