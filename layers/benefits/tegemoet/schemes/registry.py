"""The schemes: every package of this folder that defines a `SCHEME`.

The API, bulk files and the catalogue read the schemes from here.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module

from tegemoet import schemes
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.scheme import Data, Scheme

NO_SCHEME = "legislation"
"""The package of the register of acts, which every scheme cites."""


def _schemes() -> Iterator[Scheme]:
    for module in pkgutil.iter_modules(schemes.__path__):
        if module.ispkg and module.name != NO_SCHEME:
            scheme: Scheme = import_module(f"{schemes.__name__}.{module.name}").SCHEME
            yield scheme


SCHEMES: Mapping[str, Scheme] = {scheme.slug: scheme for scheme in _schemes()}
"""Every scheme by its slug, in the order of their packages."""


def scheme_named(slug: str) -> Scheme:
    """The scheme with that slug. Raises NotFoundError with the code `scheme-unknown`."""
    try:
        return SCHEMES[slug]
    except KeyError:
        raise NotFoundError("There is no such scheme.", "scheme-unknown") from None


def data_of(slug: str) -> Data:
    """The kind of data of the scheme's cases.

    A batch whose key names no scheme contains no cases.
    """
    return SCHEMES[slug].data if slug in SCHEMES else "ordinary"
