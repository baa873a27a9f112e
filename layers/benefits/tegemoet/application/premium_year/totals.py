"""Control totals of a run: counted per shard during evaluation, summed when the run is proposed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import get_args

from tegemoet.application.premium_year.records import Payment, Plan
from tegemoet.application.premium_year.summary import (
    Act,
    ChangesCounted,
    PaymentSums,
    RunSummary,
    Sector,
    ValueInSummary,
)
from tegemoet.application.premium_year.values import YearValue
from tegemoet.application.records import Run
from tegemoet.domain.money import euro, from_cents
from tegemoet.schemes.convention_premium import SCHEME, SLUG
from tegemoet.schemes.convention_premium.practices import PracticeAssessment
from tegemoet.schemes.convention_premium.rules import PaymentKind, PersonDecision
from tegemoet.schemes.professions import Profession

PROFESSIONS: tuple[str, ...] = get_args(Profession)
THRESHOLD_RULES = ("activity", "medical-house")
PAYMENT_KINDS: tuple[PaymentKind, ...] = ("premium", "difference", "pharmacy")


def count(counts: Counter[str], decided: PersonDecision, payment: Payment | None) -> None:
    """Count one person under flat names such as `sector/nurse/reached`; cents are counted too."""
    ruling = decided.ruling
    counts["persons"] += 1
    counts["practices"] += len(decided.assessments)
    counts[f"outcomes/{ruling.outcome}"] += 1
    counts[f"dossiers/{decided.state}"] += 1
    for assessment in decided.assessments:
        _count_practice(counts, assessment)
    if ruling.outcome != "granted":
        for rule in {f.rule for f in ruling.findings if f.outcome in ("not-met", "unknown")}:
            counts[f"reasons/{ruling.outcome}/{rule}"] += 1
    if ruling.outcome == "pending" and any(
        f.rule in ("account", "tariff-office") and f.outcome == "unknown" for f in ruling.findings
    ):
        counts["pending_accounts"] += 1
    if payment:
        _count_payment(counts, payment, 1)


def hold(counts: Counter[str], payment: Payment) -> None:
    """Count a payment that was counted with the others as one that is held."""
    _count_payment(counts, payment, -1)
    counts["held"] += 1
    counts["held/cents"] += payment.cents


def _count_payment(counts: Counter[str], payment: Payment, times: int) -> None:
    cents = payment.cents * times
    counts["payments"] += times
    counts["payments/cents"] += cents
    counts[f"kind/{payment.kind}"] += times
    counts[f"kind/{payment.kind}/cents"] += cents
    counts[f"sector/{payment.profession}/payments"] += times
    counts[f"sector/{payment.profession}/cents"] += cents
    if payment.pharmacy_id is not None:
        counts[f"office/{payment.payee}/cents"] += cents


def _count_practice(counts: Counter[str], assessment: PracticeAssessment) -> None:
    sector = f"sector/{assessment.practice.profession}"
    counts[f"{sector}/practices"] += 1
    counts[f"{sector}/{assessment.outcome}"] += 1
    tested = next((f for f in assessment.findings if f.rule in THRESHOLD_RULES and f.outcome != "not-needed"), None)
    if tested:
        counts[f"{sector}/{'reached' if tested.outcome == 'met' else 'not_reached'}"] += 1
    elif not any(f.rule == "year-amount" for f in assessment.findings):
        counts[f"{sector}/exempt"] += 1
    if assessment.outcome != "granted":
        for finding in assessment.findings:
            if finding.outcome in ("not-met", "unknown"):
                counts[f"{sector}/reasons/{finding.rule}"] += 1


def acts(run: Run) -> list[Act]:
    """Who started the run and who approved it, by the names at those moments."""
    detail = run.detail
    found: list[Act] = [{"act": "started", "by": detail.started_by_name or run.started_by, "at": run.started_at}]
    if detail.approved_by is not None:
        by = detail.approved_by_name or detail.approved_by
        found.append({"act": "approved", "by": by, "at": detail.approved_at or ""})
    return found


def values_used(values: Iterable[YearValue]) -> list[ValueInSummary]:
    """The values of a run that are not official, with who confirmed each."""
    return [
        {
            "id": value.id,
            "name": value.name,
            "key": dict(value.key),
            "value": value.in_use or "",
            "basis": value.basis,
            "by": value.confirmed.by.name if value.confirmed else None,
            "at": value.confirmed.at if value.confirmed else None,
        }
        for value in values
    ]


def summarize(
    run: Run,
    plan: Plan,
    limited_to: Collection[str],
    counts: Counter[str],
    exceptions: Mapping[str, int],
    changes: ChangesCounted,
    payments_sha256: str,
) -> RunSummary:
    """The summary of a run that waits for approval.

    `limited_to` = the professions of a year that is for some only, empty for a general year.
    `exceptions` = how many of each kind.
    """
    summary: RunSummary = {
        "scheme": SLUG,
        "year": run.year,
        "phase": run.phase,
        "run": run.id,
        "on": run.on,
        "state": "waiting",
        "parameters": plan.parameters,
        "engine": SCHEME.engine,
        "control_sum": _euro(counts["payments/cents"]),
        "payments_sha256": payments_sha256,
        "persons": counts["persons"],
        "practices": counts["practices"],
        "outcomes": {outcome: counts[f"outcomes/{outcome}"] for outcome in ("granted", "refused", "pending")},
        "dossiers": {state: counts[f"dossiers/{state}"] for state in ("open", "closed")},
        "payments": _payments(counts),
        "sectors": [_sector(profession, counts) for profession in _listed(limited_to, counts)],
        "reasons": {outcome: _under(f"reasons/{outcome}/", counts) for outcome in ("refused", "pending")},
        "pending_accounts": counts["pending_accounts"],
        "recoveries": {"count": counts["recoveries"], "amount": _euro(counts["recoveries/cents"])},
        "exceptions": dict(sorted(exceptions.items())),
        "changes": changes,
        "batches": dict(sorted(Counter(batch.kind for batch in plan.batches).items())),
        "unused_files": dict(plan.unused),
        "cut_off": run.detail.cut_off or "",
        "acts": acts(run),
        "settled": None,
        "checks": [],
    }
    if counts["held"]:
        summary["held"] = {"count": counts["held"], "amount": _euro(counts["held/cents"])}
    return summary


def _payments(counts: Counter[str]) -> PaymentSums:
    return {
        "count": counts["payments"],
        "amount": _euro(counts["payments/cents"]),
        "by_kind": {
            kind: {"count": counts[f"kind/{kind}"], "amount": _euro(counts[f"kind/{kind}/cents"])}
            for kind in PAYMENT_KINDS
        },
    }


def _listed(limited_to: Collection[str], counts: Counter[str]) -> list[str]:
    """The professions that take part, and others of which the run has a practice."""
    return [p for p in PROFESSIONS if not limited_to or p in limited_to or counts[f"sector/{p}/practices"]]


def _sector(profession: str, counts: Counter[str]) -> Sector:
    sector = f"sector/{profession}/"
    return {
        "profession": profession,
        "practices": counts[sector + "practices"],
        "reached": counts[sector + "reached"],
        "not_reached": counts[sector + "not_reached"],
        "exempt": counts[sector + "exempt"],
        "granted": counts[sector + "granted"],
        "refused": counts[sector + "refused"],
        "pending": counts[sector + "pending"],
        "reasons": _under(f"{sector}reasons/", counts),
        "payments": counts[f"{sector}payments"],
        "amount": _euro(counts[f"{sector}cents"]),
    }


def _under(prefix: str, counts: Counter[str]) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in sorted(counts.items()) if name.startswith(prefix)}


def _euro(cents: int) -> str:
    return euro(from_cents(cents))
