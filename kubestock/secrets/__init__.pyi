from .aws import AwsKeys as AwsKeys
from .aws import AwsRole as AwsRole
from .certificates import SAMPLE_SUBJECT as SAMPLE_SUBJECT
from .certificates import PinnedCertificate as PinnedCertificate
from .ecr import EcrPullSecret as EcrPullSecret
from .externalsecret import ExternalSecret as ExternalSecret
from .externalsecret import RemoteRef as RemoteRef
from .externalsecret import SecretStoreRef as SecretStoreRef
from .scopes import SealingScope as SealingScope
from .sealedsecret import SealedSecret as SealedSecret
from .store import SealedValue as SealedValue
from .store import SecretStore as SecretStore
from .store import StoredSecret as StoredSecret
from .storefile import read_store as read_store
from .template import SecretTemplate as SecretTemplate
from .types import SecretType as SecretType

__all__: list[str]
