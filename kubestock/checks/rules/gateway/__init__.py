"""These rules check that gateways, Ingresses and routes lead to existing Services, and that Kong can read its files."""
