"""Whether gateways, Ingresses and routes lead to what is there, and read the files that they are given."""
