"""`kubestock check`: finds what would not work in a cluster, in any Kubernetes manifests.

`inputs` reads the files, `report` counts the findings, and `text`, `machines`, `sarif` and `junit` write them.
"""
