"""The page of a phase: its summary as one self-contained HTML file, for people who would rather look than read.

Nothing is fetched and nothing runs in it: tables with bars drawn in SVG, which print and read aloud as tables. The sums that
have to agree are added up again from the figures shown, so that the page cannot call reconciled what is not.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Template

from tegemoet.application.files import html_template
from tegemoet.domain.money import round_half_up
from tegemoet.schemes.texts import write_number

Json = dict[str, Any]

SECTORS = {
    "physician": "Physicians",
    "pharmacist-biologist": "Pharmacist-biologists",
    "dentist": "Dentists",
    "midwife": "Midwives",
    "nurse": "Nurses",
    "physiotherapist": "Physiotherapists",
    "speech-therapist": "Speech therapists",
    "orthopaedic-technician": "Orthopaedic technicians",
    "bandage-maker": "Bandage makers",
    "optician": "Opticians",
    "hearing-aid-specialist": "Hearing-aid specialists",
    "pharmacist": "Pharmacists",
}
REASONS = {
    "account": "no account registered in time",
    "activity": "activity below the threshold",
    "full-convention": "not fully conventioned all the time",
    "identity-conflict": "number claimed by two persons",
    "medical-house": "too few hours in a medical house",
    "owner-conflict": "contradicted by another partner",
    "paid-to-another": "number already paid to somebody else",
    "pharmacy": "pharmacy paid to another titular",
    "recovery": "paid earlier, no longer due",
    "sector": "profession takes no part",
    "several-pharmacies": "titular of several pharmacies",
    "tariff-office": "tariff office without an account",
    "year-amount": "year amount missing or too low to be true",
}
WAITS = {
    "account": "no account registered yet",
    "activity": "activity not at the threshold yet",
    "full-convention": "convention not settled yet",
}
"""Reasons that read otherwise while they may still be made good."""
EXCEPTIONS = {
    "identity-circle": "identity numbers that replace each other",
    "identity-conflict": "one number, two persons",
    "late-facts": "facts that came after the year was closed",
    "practice-missing": "number without a practice",
    "recovery": "paid earlier, no longer due",
    "several-pharmacies": "one titular, several pharmacies",
    "year-amount-lower": "year amount below the first semester's",
    "year-amount-missing": "year amount missing",
}
KINDS = {
    "premium": "premiums",
    "difference": "differences with an earlier payment",
    "pharmacy": "pharmacies, through tariff offices",
}
PHASES = {1: "First phase", 2: "Second phase"}
LOOKS_AT = {1: "first-semester amounts against the annual threshold", 2: "the amounts of the whole year"}
STATES = {"waiting": "Waits for approval", "approved": "Approved", "released": "Released"}


def render(summary: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]] = ()) -> str:
    """The page of a run's `summary` (see `totals`); `earlier` = the summaries of the year's runs that were released before it."""
    return _template().render(_view(summary, earlier))


def words(names: Mapping[str, str], name: str) -> str:
    """The words for a coded name; one that is not in the list is written as it is."""
    return names.get(name, name.replace("-", " "))


@cache
def _template() -> Template:
    return html_template(
        "tegemoet.application.premium_year", "report_page.html", euro=_euro, count=_count, share=_share
    )


def _euro(amount: Decimal | str) -> str:
    text = f"{Decimal(amount):.2f}"
    return "\u2212" + write_number(text[1:], "en") if text.startswith("-") else write_number(text, "en")


def _count(number: int) -> str:
    return f"{number:,}"


def _share(part: Decimal | int, whole: Decimal | int) -> str:
    """A share in whole per cent; 0 % and 100 % are said of none and all alone."""
    if not whole:
        return "–"
    if 0 < part * 100 < whole:
        return "<1\u00a0%"
    rounded = int(round_half_up(Decimal(part) * 100 / Decimal(whole), Decimal(1)))
    return f"{min(rounded, 99) if part < whole else rounded}\u00a0%"


def _figure(text: str) -> str:
    """One side of a check: an amount is written as such."""
    return f"{_euro(text)} EUR" if re.fullmatch(r"[0-9]+\.[0-9]{2}", text) else text


def _view(summary: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Json:
    amounts = {s["profession"]: Decimal(s["amount"]) for s in summary["sectors"]}
    largest = max([*amounts.values(), Decimal(1)])
    sectors = [
        {
            **sector,
            "name": words(SECTORS, sector["profession"]),
            "euro": amounts[sector["profession"]],
            "width": _width(amounts[sector["profession"]], largest),
            "parts": _parts(
                sector["practices"],
                {
                    "reached": ("reached", sector["reached"]),
                    "exempt": ("none asked", sector["exempt"]),
                    "missed": ("not reached", sector["not_reached"]),
                },
            ),
        }
        for sector in summary["sectors"]
    ]
    outcomes = summary["outcomes"]
    return {
        "run": summary,
        "phase_name": PHASES[summary["phase"]],
        "looks_at": LOOKS_AT[summary["phase"]],
        "state": words(STATES, summary["state"]),
        "sectors": sectors,
        "paid_sectors": sorted((s for s in sectors if s["payments"]), key=lambda s: -s["euro"]),
        "unpaid_sectors": [s["name"] for s in sectors if not s["payments"]],
        "kinds": [{"name": words(KINDS, k), **v} for k, v in summary["payments"]["by_kind"].items() if v["count"]],
        "outcomes": _parts(
            summary["persons"],
            {
                "granted": ("granted", outcomes["granted"]),
                "pending": ("pending", outcomes["pending"]),
                "refused": ("refused", outcomes["refused"]),
            },
        ),
        "totals": {
            name: sum(s[name] for s in sectors)
            for name in ("practices", "reached", "not_reached", "exempt", "granted", "refused", "pending", "payments")
        },
        "refusals": _ranked(summary["reasons"]["refused"], REASONS),
        "waits": _ranked(summary["reasons"]["pending"], {**REASONS, **WAITS}),
        "exceptions": _ranked(summary["exceptions"], EXCEPTIONS),
        "exception_count": sum(summary["exceptions"].values()),
        "together": _together(summary, earlier) if earlier else None,
        "checks": _checks(summary, amounts),
    }


def _width(part: Decimal | int, whole: Decimal | int) -> str:
    """A length on a scale of 100; what is not nothing is at least a hairline."""
    if not part:
        return "0"
    return f"{max(Decimal('0.4'), Decimal(part) * 100 / Decimal(whole)):.2f}"


def _parts(whole: int, parts: Mapping[str, tuple[str, int]]) -> list[Json]:
    """The parts of one bar from left to right; what no part accounts for comes last."""
    rest = whole - sum(count for _, count in parts.values())
    found: list[Json] = []
    start = Decimal(0)
    for css, (name, count) in {**parts, "rest": ("undecided", rest)}.items():
        if count > 0:
            width = Decimal(count) * 100 / Decimal(whole)
            found.append({"css": css, "name": name, "count": count, "start": f"{start:.2f}", "width": f"{width:.2f}"})
            start += width
    return found


def _ranked(counts: Mapping[str, int], names: Mapping[str, str]) -> list[Json]:
    largest = max([*counts.values(), 1])
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": words(names, name), "count": count, "width": _width(count, largest)} for name, count in ranked]


def _together(summary: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Json:
    """What was paid before and what this run pays, per sector."""
    rows: list[Json] = []
    for sector in summary["sectors"]:
        name = sector["profession"]
        first = sum((_paid_to(name, run) for run in earlier), Decimal(0))
        second = Decimal(sector["amount"])
        rows.append({"name": words(SECTORS, name), "first": first, "second": second, "sum": first + second})
    largest = max([*(row["sum"] for row in rows), Decimal(1)])
    for row in rows:
        row["first_width"], row["second_width"] = _width(row["first"], largest), _width(row["second"], largest)
    first = sum((Decimal(run["control_sum"]) for run in earlier), Decimal(0))
    second = Decimal(summary["control_sum"])
    both_phases = summary["phase"] == 2 and all(run["phase"] == 1 for run in earlier)
    return {
        "title": "Both phases" if both_phases else "With what was paid before",
        "names": ("first phase", "second phase") if both_phases else ("earlier runs", "this run"),
        "rows": sorted((row for row in rows if row["sum"]), key=lambda row: -row["sum"]),
        "first": first,
        "second": second,
        "sum": first + second,
        "payments": summary["payments"]["count"] + sum(run["payments"]["count"] for run in earlier),
        "runs": [run["run"] for run in earlier],
    }


def _paid_to(profession: str, run: Mapping[str, Any]) -> Decimal:
    return next((Decimal(s["amount"]) for s in run["sectors"] if s["profession"] == profession), Decimal(0))


def _checks(summary: Mapping[str, Any], amounts: Mapping[str, Decimal]) -> list[Json]:
    """Sums that must equal one another, added up from what the page shows."""
    control, payments = Decimal(summary["control_sum"]), summary["payments"]
    outcomes, sectors = summary["outcomes"], summary["sectors"]
    euros: list[tuple[str, Decimal, Decimal]] = [
        ("Control sum = sum of the sectors", control, sum(amounts.values(), Decimal(0))),
        ("Control sum = sum of the payments", control, Decimal(payments["amount"])),
        (
            "Control sum = sum of the kinds of payment",
            control,
            sum((Decimal(k["amount"]) for k in payments["by_kind"].values()), Decimal(0)),
        ),
    ]
    if summary["settled"]:
        euros.append(("Control sum = written to the ledger", control, Decimal(summary["settled"]["amount"])))
    counts = [
        ("Payments = payments of the sectors", payments["count"], sum(s["payments"] for s in sectors)),
        ("Persons = granted + pending + refused", summary["persons"], sum(outcomes.values())),
        ("Practices = practices of the sectors", summary["practices"], sum(s["practices"] for s in sectors)),
    ]
    found = [{"name": n, "left": f"{_euro(a)} EUR", "right": f"{_euro(b)} EUR", "holds": a == b} for n, a, b in euros]
    found += [{"name": n, "left": _count(a), "right": _count(b), "holds": a == b} for n, a, b in counts]
    found += [
        {
            "name": c["check"].replace("-", " ").capitalize(),
            "left": _figure(c["left"]),
            "right": _figure(c["right"]),
            "holds": c["holds"],
        }
        for c in summary["checks"]
    ]
    return found
