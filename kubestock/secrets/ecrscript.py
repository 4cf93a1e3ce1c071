"""The shell script that gets a password from ECR and writes the Secret that nodes pull with."""

import json
from collections.abc import Mapping, Sequence

_CONFIG = "@"  # in no name, label or host

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
"""A POSIX shell script that writes the Secret as JSON, readable by its owner alone.

Nothing is written if `aws` fails or prints nothing.
"""


def variables(secret: Mapping[str, object], registries: Sequence[str], file: str) -> dict[str, str]:
    """Return the variables that the script reads.

    Args:
        secret: the manifest, without its data.
        registries: the hosts that the password is for.
        file: where the manifest is written.
    """
    manifest = {**secret, "data": {".dockerconfigjson": _CONFIG}}
    return {
        "SECRET": json.dumps(manifest, separators=(",", ":")),
        "REGISTRIES": " ".join(registries),
        "FILE": file,
    }
