"""A second opinion on the social status: what the institute should decide on a case.

Written from the decrees of 2020 and 2022 and the printed tables, on purpose unlike the product: the
case is the plain JSON, money is whole hundredths, and what is not known is tried out. A practice
whose percentage of 2020 is not known is judged with the least lowering and with the greatest one; a
practice that cannot be judged is taken once as good and once as bad. Only what comes out the same
each time is decided.
"""

from collections.abc import Iterator
from typing import Any

from local.opinions.social.figures import Case, Figures, NotPrintedError, printed
from local.opinions.social.judging import Judged, Provider, group_of
from local.opinions.social.tables import AMOUNTS, FIRST_YEAR, RANGE, hundredths

Answer = dict[str, Any]


def decide(case: Case, on: str, supplied: list[Case] | None = None) -> Answer:
    """The decision in plain values, or the error."""
    faults = set(_published(supplied or [], case["year"])) or set(_ahead(case, on))
    if not faults and case["year"] < FIRST_YEAR:
        return {"error": "parameter-unknown", "unknown": {"one-benefit"}}
    if faults := faults or set(_impossible(case)):
        return {"error": "invalid", "faults": faults}
    if on <= f"{case['year']}-12-31":
        return _answer("pending", waits={"/on"})
    figures = Figures(case["year"], supplied or [])
    judged = [Provider(case, on, figures).judge(place) for place in range(len(case["practices"]))]
    try:
        return _settle(case, judged, figures)
    except NotPrintedError as missing:
        return {"error": "parameter-unknown", "unknown": missing.names}


def _answer(outcome: str, paid: Any = (), waits: Any = (), failed: Any = ()) -> Answer:
    return {
        "outcome": outcome,
        "amounts": sorted(paid),
        "waits": set(waits),
        "failed": set(failed),
    }


def _published(supplied: list[Case], year: int) -> Iterator[tuple[str, str]]:
    """Supplied figures of a year that has a printed one."""
    for place, figure in enumerate(supplied):
        key = figure["key"]
        years = AMOUNTS.get((key["profession"], key.get("level", "")), {})
        if figure["parameter"] == "amount" and year in years:
            yield f"/supplied/{place}", "figure-is-published"


def _ahead(case: Case, on: str) -> Iterator[tuple[str, str]]:
    """The first event that the case tells as having happened, and that lies ahead."""
    told = [("/pension_taken_on", case.get("pension_taken_on"))]
    told += [(f"/contracts/{place}", day) for place, day in enumerate(case.get("contracts") or ())]
    for place, practice in enumerate(case["practices"]):
        told += [
            (f"/practices/{place}/{name}", practice.get(name)) for name in ("number_granted_on", "recognised_since")
        ]
        told.append(
            (f"/practices/{place}/medical_house/attested_on", practice.get("medical_house", {}).get("attested_on"))
        )
    yield from ((f"/case{path}", "in-the-future") for path, day in told if day and day > on)


def _impossible(case: Case) -> Iterator[tuple[str, str]]:
    """Thresholds that the case supplies and that cannot be one."""
    for place, practice in enumerate(case["practices"]):
        group, given = group_of(practice, case["year"]), practice.get("threshold")
        if not given or group is None:
            continue
        path = f"/case/practices/{place}/threshold"
        full, reduced = printed(group, case["year"])
        if not RANGE[0] <= hundredths(given["full"]) <= RANGE[1]:
            yield f"{path}/full", "threshold-outside-range"
        elif full and hundredths(given["full"]) != full:
            yield f"{path}/full", "figure-is-published"
        if reduced and given.get("reduced") and hundredths(given["reduced"]) != reduced:
            yield f"{path}/reduced", "figure-is-published"


# --- one benefit a year


def _settle(case: Case, judged: list[Judged], figures: Figures) -> Answer:
    """The decision, if it is the same whatever the practices that cannot be judged would be."""
    unknown = [j for j in judged if j.unknown and not j.failed]
    decided = [j for j in judged if not j.unknown or j.failed]
    answers = [_one_benefit(case, [*decided, *taken], figures.year) for taken in _choices(unknown)]
    first = answers[0]
    if any(answer != first for answer in answers):
        raise NotPrintedError(*(str(j.unknown) for j in unknown))
    outcome, due, waits, _ = first
    failed = {(j.number, rule) for j in judged for rule in j.failed}
    provider = Provider(case, "", figures)
    paid, lacking = [], set()
    for practice in due:
        try:
            paid.append(provider.pay(practice))
        except NotPrintedError as missing:
            lacking |= missing.names
    if lacking:
        raise NotPrintedError(*lacking)
    return _answer(outcome, paid, waits, failed)


def _choices(unknown: list[Judged]) -> Iterator[list[Judged]]:
    """Every practice that cannot be judged, once as good and once as bad."""
    if not unknown:
        yield []
        return
    head, *rest = unknown
    for others in _choices(rest):
        yield [Judged(head.number, head.profession, "?", head.failed, head.waits), *others]
        yield [Judged(head.number, head.profession, None, frozenset({"activity"}), head.waits), *others]


Settled = tuple[str, frozenset[Judged], frozenset[str], frozenset[str]]


def _one_benefit(case: Case, judged: list[Judged], year: int) -> Settled:
    """The outcome, the practices that are due a benefit, what is asked for and of which numbers."""
    left = [j for j in judged if not j.failed]
    chosen = [j for j in left if j.number == (case.get("chosen") or "")[:8]]
    if len(left) > 1 and year >= 2021:
        if not chosen:
            return "pending", frozenset(), frozenset({"/chosen"}), frozenset()
        left = chosen
    due = frozenset(j for j in left if not j.waits)
    waits = frozenset(field for j in left for field in j.waits)
    numbers = frozenset(j.number for j in left)
    return "granted" if due else "pending" if left else "refused", due, waits, numbers
