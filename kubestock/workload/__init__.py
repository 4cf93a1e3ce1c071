"""Workloads (Deployments, StatefulSets, DaemonSets, Jobs, CronJobs) and the values that describe them."""
