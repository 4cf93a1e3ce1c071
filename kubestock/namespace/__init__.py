"""What surrounds workloads: the namespace, its limits, its default policies and who may administer it."""
