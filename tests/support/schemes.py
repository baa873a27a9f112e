"""Schemes as if they shipped other parameter sets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest.mock import patch

from tegemoet.domain.parameters import ParameterSet
from tegemoet.schemes.registry import SCHEMES, scheme_named


@contextmanager
def shipping(slug: str, sets: Mapping[str, ParameterSet]) -> Iterator[None]:
    """While this lasts, the registry holds the scheme with these parameter sets."""
    with patch.dict(SCHEMES, {slug: scheme_named(slug).with_parameters(sets)}):
        yield
