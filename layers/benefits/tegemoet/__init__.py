"""Tegemoet: decides premiums and benefits exactly, with reasons, and pays them once."""

API_VERSION = "1.0.0"
"""Version of the API. The version of the rules is that of each scheme, `Scheme.engine`."""
