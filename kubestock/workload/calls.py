"""The calls of one workload: the connections that its policy permits, and the variables with the addresses."""

from collections.abc import Mapping, Sequence

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Pods
from kubestock.values import names
from kubestock.values.references import SecretRef
from kubestock.workload.address import Address, check_form
from kubestock.workload.callees import ClusterService, Database, ExternalService
from kubestock.workload.env import EnvFrom, EnvValue, check_environment, placeholders
from kubestock.workload.traffic import Callee, Traffic


class Calls:
    """Records which services a workload calls, and the environment variables that the calls set.

    Args:
        caller: the name of the workload, for errors.
        traffic: the permitted connections of the workload; each call adds to them.
    """

    def __init__(self, caller: str, traffic: Traffic) -> None:
        self._caller = caller
        self._traffic = traffic
        self._variables: dict[str, str] = {}
        self._credentials: list[SecretRef] = []

    @property
    def variables(self) -> dict[str, str]:
        """The variables that the calls set, in the order of the pod template."""
        return dict(sorted(self._variables.items()))

    @property
    def credentials(self) -> list[EnvFrom]:
        """The Secrets that the calls add; all their keys become variables, in the order of their names."""
        return [EnvFrom(source=each) for each in sorted(self._credentials, key=lambda each: each.name)]

    def add(
        self,
        callee: "Callee | ClusterService | ExternalService",
        *,
        pods: Pods,
        port: str | None,
        wanted: Mapping[str, str | None],
        env: Mapping[str, EnvValue],
        env_from: Sequence[EnvFrom],
        credentials: SecretRef | None = None,
    ) -> None:
        """Permit the traffic to a callee, and set the variables; if an argument is invalid, nothing changes.

        Args:
            callee: the service that is called.
            pods: the pods of the caller.
            port: the name of the callee's port, or None for its first one.
            wanted: each variable with the form of the address, or None for the default form.
            env: the variables of the container.
            env_from: the ConfigMaps and Secrets whose keys are variables of the container.
            credentials: a Secret whose keys all become variables. Defaults to none.
        """
        sources = [*env_from, *self.credentials]
        if credentials is not None and credentials not in self._credentials:
            sources = [*sources, EnvFrom(source=credentials)]
        if isinstance(callee, Database) and wanted:
            raise ConfigurationError(
                f"variable must be left out where {self._caller!r} calls Database {callee.host!r}, because its host "
                "name is a secret; give credentials=SecretRef(…), a Secret with the variables that the program reads"
            )
        address = self._address(callee, pods.namespace, port)
        added = {name: self._value(name, form, address, env, sources) for name, form in wanted.items()}
        check_environment({**env, **dict(sorted({**self._variables, **added}.items()))}, sources)
        self._traffic.call(callee, caller=pods, port=port)
        self._variables.update(added)
        if credentials is not None and credentials not in self._credentials:
            self._credentials.append(credentials)

    def _address(
        self, callee: "Callee | ClusterService | ExternalService", namespace: str, port: str | None
    ) -> Address:
        if not isinstance(callee, ClusterService | ExternalService):
            return callee.address(namespace, port)
        if port is not None:
            raise ConfigurationError(
                f"port must be left out where {self._caller!r} calls {callee.host!r}, got {port!r}; its only port is "
                f"{callee.port}"
            )
        return callee.address

    def _value(
        self,
        name: str,
        form: str | None,
        address: Address,
        env: Mapping[str, EnvValue],
        env_from: Sequence[EnvFrom],
    ) -> str:
        set_outside = {*env, *(each for source in env_from for each in source.variables())}
        if names.variable_name("variable", name) in set_outside:
            raise ConfigurationError(
                f"variable {name!r} of {self._caller!r} must be set once, got it in the container's environment and in "
                "a call; remove it from the container"
            )
        if form is not None:
            check_form(name, form)
            self._check_placeholders(name, form, set_outside, env_from)
        text = address.text(form)
        if self._variables.get(name, text) != text:
            raise ConfigurationError(
                f"variable {name!r} of {self._caller!r} must hold one address, got two calls that set it to different "
                "addresses; give each call its own variable"
            )
        return text

    def _check_placeholders(self, name: str, form: str, known: set[str], env_from: Sequence[EnvFrom]) -> None:
        if any(source.source.keys is None for source in env_from):
            return
        for other in placeholders(form):
            if other not in known:
                raise ConfigurationError(
                    f"variable {name!r} of {self._caller!r} must refer to variables that are set before it, got "
                    f"$({other}), which is not set; set {other!r} in env of the container, for example to a key of a "
                    "Secret"
                )


def wanted_variables(variable: str | None, variables: Mapping[str, str] | None) -> dict[str, str | None]:
    """Return the variables that a call sets, each with its form; None is the default form.

    Raises:
        ConfigurationError: if both arguments name the same variable.
    """
    forms = dict(variables or {})
    if variable is None:
        return {**forms}
    if variable in forms:
        raise ConfigurationError(
            f"variable {variable!r} must be named once, got it in variable and in variables; remove one of them"
        )
    return {variable: None, **forms}
