"""Whether roles grant more than is needed, and bindings what exists."""
