"""The templated keys of a Secret, including templates that are computed when the chart is written."""

from collections.abc import Callable, Collection
from dataclasses import replace

from kubestock.errors import ConfigurationError
from kubestock.kube.rendering import rendered
from kubestock.secrets.template import SecretTemplate


class Templates:
    """The keys that a controller renders into a Secret in addition to its values.

    Args:
        what: the name of the Secret, for errors.
        template: the template as it is known at this time.
        keys: the keys with values, to which templates may refer.

    Raises:
        ConfigurationError: if a template refers to a key that the Secret does not have.
    """

    def __init__(self, what: str, template: SecretTemplate, keys: Collection[str]) -> None:
        template.check_keys(what, keys)
        self._what, self._template, self._keys = what, template, keys
        self._later: dict[str, Callable[[], str]] = {}

    def add(self, key: str, template: Callable[[], str]) -> None:
        """Add a templated key whose template is computed when the chart is written.

        Raises:
            ConfigurationError: if the key already has a template.
        """
        if key in self._later or key in self._template.data:
            raise ConfigurationError(
                f"key {key!r} of {self._what} must have one template, but it already has another one; give each user "
                "of the key, such as each KongGateway, its own Secret"
            )
        self._later[key] = template

    def data(self) -> dict[str, str]:
        """Return the templates, by key."""
        own = dict(self._template.data)
        if not self._later:
            return own
        later = rendered((self, "templates"), lambda: {key: render() for key, render in self._later.items()})
        template = replace(self._template, data={**own, **later})
        template.check_keys(self._what, self._keys)
        return dict(template.data)
