"""Freezing: what a run decides on, written once, so that a run that is resumed uses the same facts whatever has arrived since."""
