"""Sealed secrets: the construct, the store of ciphertexts, and sealing itself."""
