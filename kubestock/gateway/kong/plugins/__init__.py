"""Kong's open-source plugins as immutable values.

Field names, types and defaults are those of Kong 3.9.3, unless a class says otherwise.
"""
