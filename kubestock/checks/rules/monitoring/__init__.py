"""Whether monitors, alerts and dashboards work where Prometheus and Grafana read them."""
