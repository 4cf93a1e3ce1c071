"""Synthesizes the production manifests; `cdk8s synth` runs it."""


def main() -> None:
    """Synthesize production. An error prints one message, without a traceback."""
    from kubestock.production import PRODUCTION, build_app  # noqa: PLC0415  # its data is checked when it is imported

    build_app(PRODUCTION).synth()


if __name__ == "__main__":
    main()
