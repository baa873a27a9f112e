"""Which person keys are one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tegemoet.application.premium_year.authority import IdentityRow
from tegemoet.application.premium_year.ownership import RankedFact, hashed
from tegemoet.domain.manual_review import YearException


class Identities:
    """The keys of each person.

    The root is the first key of a chain; the ledger is kept under it. `roots` has that of every key
    with another root. `connected` has the groups of keys that any row of `told` connects: of
    `facts` that count, also one that another row replaced, and of rows that do not count, because
    an operator may once have used them.
    """

    def __init__(self, facts: Iterable[RankedFact[IdentityRow]], told: Iterable[RankedFact[IdentityRow]]) -> None:
        rows: dict[str, list[RankedFact[IdentityRow]]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: fact.rank):
            rows[fact.row["old"]].append(fact)
        edges = sorted((own[0].rank, old, own[-1].row["new"]) for old, own in rows.items())
        self.exceptions: list[YearException] = []
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
        self.roots: Mapping[str, str] = {person: top(person) for person in parent}
        self.connected = _groups((fact.row["old"], fact.row["new"]) for fact in told)
        names = [hashed(person) for person in sorted(circles)]
        self.exceptions.extend(YearException.about("identity-circle", name, {"person": name}) for name in names)


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
