"""The namespace of workloads: its limits, its quota, its default policies and its roles."""
