"""Deciding maternity rests, on one core and in one run: the rules
alone, and from JSON line to the bytes of the decision.

Run with `python -m bench.maternity`. The rules are entitlement, calendar, money (daily amounts,
months, tax, due days), formalities and the facts of every explanation, on a case that was read.
Both are compared with parsing the same line and dumping it again, no rule at all, and with the
second opinion of `local/opinions/maternity`, which walks every single day and writes neither
explanation nor bytes. Rounds alternate, so a machine that slows down slows all.
"""

import statistics
from collections.abc import Callable
from typing import Any

import orjson

from bench.deciding import seconds
from local.opinions.maternity import oracle
from tegemoet.application.decisions.deciding import decide_line
from tegemoet.schemes.maternity_rest import SCHEME
from tests.schemes.maternity_rest.builders import activity, birth, line, past, stay

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


def compare(body: dict[str, Any], rounds: int = 9, times: int = 1_000) -> list[float]:
    """Median microseconds: rules alone, line to bytes, own types, second opinion."""
    written = orjson.dumps(body)
    read = SCHEME.line.validate_json(written)
    case, on = read["case"], read["on"]
    parameters = SCHEME.choose(case, SCHEME.parameter_sets)

    def rules() -> object:
        return SCHEME.decide(case, on, parameters)

    def whole() -> object:
        return decide_line(written, SCHEME, "partner", b"secret")

    def own_types() -> object:
        return SCHEME.line.dump_json(SCHEME.line.validate_json(written), by_alias=True, warnings="none")

    def second_opinion() -> object:
        plain = orjson.loads(written)
        return oracle.decide(plain["case"], plain["on"])

    runs: list[tuple[Callable[[], object], int]] = [
        (rules, times),
        (whole, times),
        (own_types, times),
        (second_opinion, times // 10),
    ]
    measured = [[seconds(run, n) for run, n in runs] for _ in range(rounds)]
    return [statistics.median(m[i] for m in measured) * 1e6 for i in range(len(runs))]


def main() -> None:
    print(f"{'':<54}{'rules':>10}{'a second':>10}{'line':>12}{'a second':>10}{'own types':>12}{'second opinion':>17}")
    for name, body in LINES.items():
        rules, whole, own, opinion = compare(body)
        print(
            f"{name:<54}{rules:>7.1f} µs{1e6 / rules:>10,.0f}{whole:>9.1f} µs{1e6 / whole:>10,.0f}"
            f"{own:>9.1f} µs{opinion:>14.1f} µs"
        )


if __name__ == "__main__":
    main()
