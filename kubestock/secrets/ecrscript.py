"""The shell script that gets a password from ECR and writes the pull secret."""

import json
from collections.abc import Mapping, Sequence

_CONFIG = "@"  # a character that no name, label or host contains

LOGIN = f"""\
set -eu
umask 077
password=$(aws ecr get-login-password)
test -n "$password"
auth=$(printf 'AWS:%s' "$password" | base64 | tr -d '\\n')
auths=
for registry in $REGISTRIES; do
  auths="$auths,\\"$registry\\":{{\\"auth\\":\\"$auth\\"}}"
done
config=$(printf '{{"auths":{{%s}}}}' "${{auths#,}}" | base64 | tr -d '\\n')
printf '%s' "${{SECRET%%{_CONFIG}*}}$config${{SECRET#*{_CONFIG}}}" > "$FILE"
"""
"""A POSIX shell script that writes the Secret as JSON, which only its owner can read.

The script writes nothing if `aws` fails or prints nothing.
"""


def variables(secret: Mapping[str, object], registries: Sequence[str], file: str) -> dict[str, str]:
    """Return the environment variables that the script reads.

    Args:
        secret: the manifest of the Secret, without its data.
        registries: the hosts for which the password is valid.
        file: the file that the script writes.
    """
    manifest = {**secret, "data": {".dockerconfigjson": _CONFIG}}
    return {
        "SECRET": json.dumps(manifest, separators=(",", ":")),
        "REGISTRIES": " ".join(registries),
        "FILE": file,
    }
