"""Premium years for the tests: which ones have data, and which ones never can."""

from tegemoet.schemes.convention_premium import SCHEME

_KNOWN = sorted(map(int, SCHEME.parameter_sets))
BEFORE_ALL, AFTER_ALL = _KNOWN[0] - 1, _KNOWN[-1] + 1
"""Years without data, whichever years are added: the one before
the first that has data, and the one after the last.
"""
