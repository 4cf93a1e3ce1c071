"""The phase and the wave in which Argo CD applies an object.

See https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
"""

import re

from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.sync import HOOK, WAVE

_HELM_HOOK = "helm.sh/hook"
_PHASES = {"PreSync": 0, "Sync": 1, "PostSync": 2, "SyncFail": 3}
_OF_HELM = {"pre-install": "PreSync", "pre-upgrade": "PreSync", "post-install": "PostSync", "post-upgrade": "PostSync"}
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def has_sync_order(document: Document) -> bool:
    """Whether an object sets a sync wave or is a hook."""
    return bool(documents.annotation(document, WAVE) or phase(document))


def phase_and_wave(document: Document) -> tuple[int, int]:
    """Return the phase and the wave of an object; Argo CD applies objects with the same result together."""
    if not documents.at(document, "metadata", "annotations"):
        return _PHASES["Sync"], 0
    wave = documents.annotation(document, WAVE)
    return _PHASES[phase(document) or "Sync"], int(wave) if _WHOLE.fullmatch(wave) else 0


def phase(document: Document) -> str:
    """Return the phase of a hook, or an empty text if the object is not a hook; Argo CD also runs hooks of Helm."""
    own = documents.annotation(document, HOOK)
    if own:
        return next((each for each in map(str.strip, own.split(",")) if each in _PHASES), "")
    of_helm = map(str.strip, documents.annotation(document, _HELM_HOOK).split(","))
    return next((_OF_HELM[each] for each in of_helm if each in _OF_HELM), "")
