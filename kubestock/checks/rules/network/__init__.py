"""These rules check that Services, probes and names lead to a program that listens."""
