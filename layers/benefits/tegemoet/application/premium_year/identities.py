"""Which person keys are one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tegemoet.application.premium_year.ownership import OfPartner, RankedFact, by_key, conflicts_in, hashed, ranked
from tegemoet.application.records import Fact
from tegemoet.domain.manual_review import YearException


class IdentityRow(OfPartner):
    """A row of an `identities` file: one person key replaced another."""

    old: str
    new: str


class Identities:
    """The keys of each person.

    The root is the first key of a chain; the ledger is kept under it. `connected` has the groups of
    keys that any row ever connected: also one that another row replaced, or of a partner that does
    not own the key.
    """

    def __init__(self, facts: Iterable[RankedFact[IdentityRow]]) -> None:
        keys = by_key(facts)
        self.exceptions = conflicts_in(keys)
        edges = sorted((owned.own[0].rank, old, owned.valid["new"]) for (old,), owned in keys.items())
        parent: dict[str, str] = {}
        later: dict[str, set[str]] = defaultdict(set)
        circles: set[str] = set()

        def top(person: str) -> str:
            while person in parent:
                person = parent[person]
            return person

        for _, old, new in edges:
            if old == new:
                continue
            if old in _reachable(new, later):
                circles.update((old, new))
                continue
            later[old].add(new)
            first, second = top(old), top(new)
            if first != second:
                # `old` precedes `new` in its chain; if `new` has a first key already, two chains
                # meet and the earlier one prevails
                child, root = (second, first) if second == new else (first, second)
                parent[child] = root
        self._roots = {person: top(person) for person in parent}
        self._keys: dict[str, list[str]] = defaultdict(list)
        for person, root in sorted(self._roots.items()):
            self._keys[root].append(person)
        self.connected = _groups((fact.key[0], fact.row["new"]) for owned in keys.values() for fact in owned.all)
        names = [hashed(person) for person in sorted(circles)]
        self.exceptions.extend(YearException.about("identity-circle", name, {"person": name}) for name in names)

    @classmethod
    def at_present(cls, facts: Iterable[Fact]) -> "Identities":
        """The identities of every batch, for reading.

        Batch ids begin with their time, and so give the rank.
        """
        present = list(facts)
        batches = sorted({fact.batch for fact in present})
        return cls(ranked(present, {batch: n for n, batch in enumerate(batches)}.get))

    def root(self, person: str) -> str:
        return self._roots.get(person, person)

    def keys_of(self, root: str) -> list[str]:
        """Every key of the person, the root first."""
        return [root, *self._keys.get(root, [])]

    @property
    def roots(self) -> Mapping[str, str]:
        """The root of every key that has another one."""
        return self._roots


def _reachable(start: str, later: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for person in later.get(waiting.pop(), ()):
            if person not in seen:
                seen.add(person)
                waiting.append(person)
    return seen


def _groups(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The groups of keys that the pairs connect, each in order."""
    group_of: dict[str, set[str]] = {}
    for one, other in pairs:
        group, joined = group_of.setdefault(one, {one}), group_of.setdefault(other, {other})
        if group is not joined:
            small, large = sorted((group, joined), key=len)
            large |= small
            group_of.update(dict.fromkeys(small, large))
    return sorted(sorted(group) for group in {id(group): group for group in group_of.values()}.values())
