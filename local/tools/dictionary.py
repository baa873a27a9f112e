"""Makes a dictionary with which decisions on health
data are packed, out of cases made up for the purpose.

    python -m local.tools.dictionary > layers/benefits/tegemoet/adapters/dictionary-<next>.txt

A dictionary that something was packed with is never changed: a better one gets the next number, and
`adapters/decisions.py` names it. What comes often stands late, where deflate points at it with
fewest bits: first the parts of decisions on maternity rest, the rarest first, at last a whole case
and decision of middle size. Decisions of other schemes are packed no worse with it.
"""

import sys
from collections import Counter
from collections.abc import Hashable, Iterator
from random import Random
from typing import Any

import orjson

from local.opinions.maternity.cases import Maker
from tegemoet.application.decisions.deciding import Decided, decide_line
from tegemoet.domain.decision import canonical
from tegemoet.domain.problems import ProblemError
from tegemoet.schemes.registry import scheme_named

SIZE = 32_768
"""Bytes that deflate looks back at most."""
CASES = 1_000
Piece = tuple[Hashable, bytes]


def pieces_of(decided: Decided) -> Iterator[Piece]:
    """Parts that come again in other decisions and
    cases, each with what is the same in all of them.
    """
    decision, kept = orjson.loads(decided.decision), orjson.loads(decided.case)
    for finding in decision["explanation"]:
        yield (finding["rule"], finding["outcome"], *finding["facts"]), canonical(finding) + b","
    for name in ("amounts", "periods", "missing"):
        for part in decision[name]:
            yield (name, part.get("kind"), part.get("field")), canonical(part) + b","
    yield from parts_of(kept["case"], ())


def parts_of(value: Any, path: tuple[str, ...]) -> Iterator[Piece]:
    """The objects within a case, and those within them."""
    if isinstance(value, dict):
        if path:
            yield (path, *value), canonical(value) + b","
        for name, inner in value.items():
            yield from parts_of(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from parts_of(inner, path)


def maternity() -> Iterator[Decided]:
    """Decisions on random cases of maternity rest."""
    maker, scheme = Maker(Random(20260101)), scheme_named("maternity-rest")
    for number in range(CASES):
        case, on = maker.line()
        line = orjson.dumps({"case_id": f"case-{number}", "on": on, "case": case})
        try:
            yield decide_line(line, scheme, "mutuality", b"a secret for made-up cases")
        except ProblemError:
            continue


def main() -> int:
    decisions = list(maternity())
    count: Counter[Hashable] = Counter()
    example: dict[Hashable, bytes] = {}
    for decided in decisions:
        own = dict(pieces_of(decided))
        count.update(own.keys())
        for name, text in own.items():
            example.setdefault(name, text)
    middle = sorted(decisions, key=lambda decided: len(decided.decision))[len(decisions) // 2]
    end = middle.case + middle.decision
    chosen: list[bytes] = []
    room = SIZE - len(end)
    for name, _ in count.most_common():
        if len(example[name]) <= room and example[name] not in end:
            chosen.append(example[name])
            room -= len(example[name])
    sys.stdout.buffer.write(b"".join(reversed(chosen)) + end)
    return 0


if __name__ == "__main__":
    sys.exit(main())
