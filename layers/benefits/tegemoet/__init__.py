"""Tegemoet: decides premiums and benefits exactly, with reasons, and pays them once."""

ENGINE_VERSION = "1.0.0"
"""Version of the rules.

It is part of every decision: raise it whenever the same case could give other bytes.
"""
