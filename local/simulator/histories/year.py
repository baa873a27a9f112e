"""The premium year of the histories: the rules of 2023 over two shards instead of many."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

from local.simulator.histories.population import SLUG
from tegemoet.application.premium_year.plan import highest_premiums
from tegemoet.domain.money import cents
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.registry import SCHEMES, scheme_named

YEAR = 2023
SHARDS = 2


@contextmanager
def small_year() -> Iterator[Mapping[str, int]]:
    """The year while it holds. Yields the most that each profession is paid, in cents."""
    name, sets = str(YEAR), scheme_named(SLUG).parameter_sets
    head, mark, tail = sets[name].text.partition('name = "shards"')
    before, value, after = tail.partition("value = ")
    small = read_parameters(name, head + mark + before + value + f"{SHARDS}\n" + after.partition("\n")[2])
    scheme = scheme_named(SLUG).with_parameters({**sets, name: small})
    with mock.patch.dict(SCHEMES, {SLUG: scheme}):
        yield {profession: cents(premium) for profession, premium in highest_premiums(small).items()}
