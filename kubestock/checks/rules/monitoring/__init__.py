"""These rules check that monitors, alerts and dashboards work in Prometheus and Grafana."""
