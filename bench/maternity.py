"""Deciding maternity rests in bulk, on one core and in one run: JSON line in, decision with explanation facts out.

Run with `python -m bench.maternity`. Deciding (entitlement, calendar, every day of the money, months, formalities) is compared with
parsing the same line and dumping it again, no rule at all, and with the second opinion of `local/maternity`, which walks every
single day and writes neither explanation nor bytes. A ratio of 0.4 says that deciding has 0.4 times that speed. Rounds alternate,
so a machine that slows down slows all.
"""

import statistics
from collections.abc import Callable
from typing import Any

import orjson

from bench.deciding import seconds
from local.maternity import oracle
from tegemoet.application.deciding import decide_line
from tegemoet.schemes.maternity_rest import SCHEME
from tests.maternity_rest import activity, birth, line, past, stay

LINES: dict[str, dict[str, Any]] = {
    "employee, one child": line(),
    "unemployed, after incapacity": line(
        quality={"kind": "controlled-unemployed"},
        history=[past("incapacity", "2020-05-01", "2020-07-10")],
        pay={
            "unemployment": {"wage": {"amount": "80.0000"}, "benefits": [{"from": "2020-01-01", "amount": "50.00"}]},
            "incapacity": {
                "since": "2020-05-01",
                "wage": {"amount": "80.0000"},
                "benefits": [{"from": "2020-05-01", "gross": "48.00"}],
            },
        },
    ),
    "twins, one in hospital, covered days, an index step": line(
        requested_on="2020-01-02",
        expected={"on": "2020-01-18", "multiple": True},
        births=[birth("2020-01-15"), birth("2020-01-16", stays=[stay("2020-01-16", "2020-03-02")])],
        first_day="2020-01-06",
        history=[past("work", "2019-07-01", "2020-01-05")],
        covered=[
            {"by": "wage", "from": "2020-01-06", "until": "2020-01-08"},
            {"by": "holiday-pay", "from": "2020-02-03", "until": "2020-02-07"},
        ],
        pay={"activities": [activity("180.0000")]},
    ),
}


def compare(body: dict[str, Any], rounds: int = 9, times: int = 1_000) -> tuple[list[float], list[float]]:
    """Median microseconds per line (decide, own types, second opinion), and how fast deciding is beside the latter two."""
    written = orjson.dumps(body)

    def decide() -> object:
        return decide_line(written, SCHEME, "partner", b"secret")

    def own_types() -> object:
        return SCHEME.line.dump_json(SCHEME.line.validate_json(written), by_alias=True, warnings="none")

    def second_opinion() -> object:
        read = orjson.loads(written)
        return oracle.decide(read["case"], read["on"])

    runs: list[tuple[Callable[[], object], int]] = [(decide, times), (own_types, times), (second_opinion, times // 10)]
    measured = [[seconds(run, n) for run, n in runs] for _ in range(rounds)]
    micros = [statistics.median(m[i] for m in measured) * 1e6 for i in range(3)]
    return micros, [statistics.median(m[i] / m[0] for m in measured) for i in (1, 2)]


def main() -> None:
    print(f"{'':<54}{'decide':>10}{'own types':>22}{'second opinion':>25}{'decisions/s':>14}")
    for name, body in LINES.items():
        (ours, own, opinion), (to_own, to_opinion) = compare(body)
        print(
            f"{name:<54}{ours:>7.1f} µs{own:>10.1f} µs = {to_own:>4.2f} x{opinion:>13.1f} µs = {to_opinion:>4.1f} x{1e6 / ours:>14,.0f}"
        )


if __name__ == "__main__":
    main()
