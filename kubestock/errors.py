"""The one error that this library raises for bad input."""


class ConfigurationError(ValueError):
    """An argument, or a whole chart, describes something that would not work in a cluster.

    The message names the argument, what is accepted, what was given and the mend. It never
    contains the value of a secret.
    """
