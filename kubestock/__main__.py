"""What `cdk8s synth` runs: the production manifests."""


def main() -> None:
    """Synthesize production; an error is one message, not a traceback."""
    from kubestock.production import PRODUCTION, build_app  # noqa: PLC0415  # its data is checked as it is imported

    build_app(PRODUCTION).synth()


if __name__ == "__main__":
    main()
