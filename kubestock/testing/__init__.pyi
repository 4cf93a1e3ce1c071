from .finding import Manifest as Manifest
from .finding import find as find
from .finding import find_all as find_all
from .finding import pick as pick
from .finding import synthesize as synthesize
from .finding import to_yaml as to_yaml
from .snapshots import YamlSnapshotExtension as YamlSnapshotExtension

__all__: list[str]
