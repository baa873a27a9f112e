"""The local cloud's process: the pinned emulator,
corrected where it differs from AWS in what we rely on.

Runs in the `emulator` environment (see local/tools/bootstrap.py), never in the product's. Every
correction checks that what it replaces is still what it was written against, so a new version of
the emulator fails at its start, not in a payment.
"""
