"""What `cdk8s synth` runs: the production manifests."""

import sys

from kubestock.errors import ConfigurationError


def main() -> int:
    """Synthesize production; an error is one message, not a traceback."""
    try:
        from kubestock.production import PRODUCTION, build_app  # noqa: PLC0415  # its data is checked as it is imported

        build_app(PRODUCTION).synth()
    except ConfigurationError as error:
        sys.stderr.write(f"kubestock: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
