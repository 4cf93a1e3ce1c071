"""Lua in Kong's configuration: compiling it, generating it, and checking what it validates."""
