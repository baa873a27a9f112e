"""Pure building blocks: money, calendar, identity numbers, parameters, decisions.

Nothing here reads a clock or does I/O.
"""
