"""The rules of the years of the histories, over two shards instead of many."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

from local.simulator.histories.population import SLUG
from tegemoet.application.premium_year.plan import highest_premiums
from tegemoet.domain.money import cents
from tegemoet.domain.parameters import ParameterSet, read_parameters
from tegemoet.schemes.registry import SCHEMES, scheme_named

YEAR = 2023
EXCHANGE, EXCHANGE_YEAR = "increased-reimbursement", 2020
SHARDS = 2


@contextmanager
def small_year() -> Iterator[Mapping[str, int]]:
    """The premium year while it holds. Yields the most that each profession is paid, in cents."""
    with _small(SLUG, YEAR) as small:
        yield {profession: cents(premium) for profession, premium in highest_premiums(small).items()}


@contextmanager
def small_exchange() -> Iterator[None]:
    """The year of the exchange while it holds."""
    with _small(EXCHANGE, EXCHANGE_YEAR):
        yield


@contextmanager
def _small(slug: str, year: int) -> Iterator[ParameterSet]:
    name, sets = str(year), scheme_named(slug).parameter_sets
    head, mark, tail = sets[name].text.partition('name = "shards"')
    before, value, after = tail.partition("value = ")
    small = read_parameters(name, head + mark + before + value + f"{SHARDS}\n" + after.partition("\n")[2])
    scheme = scheme_named(slug).with_parameters({**sets, name: small})
    with mock.patch.dict(SCHEMES, {slug: scheme}):
        yield small
