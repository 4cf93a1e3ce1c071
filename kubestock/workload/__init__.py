"""A workload and the values it is made of."""
