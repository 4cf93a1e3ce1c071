"""Lua: compiling what plugins run, and generating the validation of JSON bodies."""
