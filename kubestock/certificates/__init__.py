"""Certificates that cert-manager issues and renews."""

from kubestock.certificates.certificate import Certificate

__all__ = ["Certificate"]
