"""Freezing: what a run decides on, written once.

A run that is resumed goes on with the facts it began with, whatever has arrived since.
"""
