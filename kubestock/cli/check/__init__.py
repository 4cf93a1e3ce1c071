"""`kubestock check`: what would not work in a cluster, in anybody's YAML.

What is read (`inputs`), what is told of it (`report`), and in which form (`text`, `machines`, `sarif`, `junit`).
"""
