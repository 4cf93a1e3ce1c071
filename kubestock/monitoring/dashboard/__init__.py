"""A Grafana dashboard from typed rows, as the ConfigMap that Grafana's sidecar loads."""
