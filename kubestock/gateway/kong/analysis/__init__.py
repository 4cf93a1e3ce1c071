"""Rules over a whole configuration: routing, authentication, plugins, network."""
