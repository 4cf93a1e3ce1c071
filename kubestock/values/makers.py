"""How an object tells that it makes a Secret which no manifest shows."""

MAKES_SECRET = "kubestock/makes-secret"  # noqa: S105  # the name of an annotation
"""The annotation of a Job or CronJob with the name of the Secret that it writes, in its own namespace."""
