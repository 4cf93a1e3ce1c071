"""The error that this library raises for invalid input."""


class ConfigurationError(ValueError):
    """Reports an argument or a chart that would not work in a cluster.

    The message names the argument, what is accepted, what was given and how to fix it. It never contains the value of
    a secret.
    """
