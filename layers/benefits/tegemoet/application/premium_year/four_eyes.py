"""Who may not approve a run, and who may not decide an exception: those who had a hand in it."""

from collections.abc import Collection, Iterable, Mapping

from tegemoet.application.partners.grants import Grants
from tegemoet.application.ports import Batches
from tegemoet.application.premium_year.records import Plan, PlannedBatch
from tegemoet.domain.manual_review import YearException

RAISED_BY: Mapping[str, frozenset[str]] = {
    "several-pharmacies": frozenset(("practices",)),
    "year-amount-missing": frozenset(("activity-s1", "activity-year")),
    "year-amount-lower": frozenset(("activity-s1", "activity-year")),
    "identity-circle": frozenset(("identities",)),
    "pharmacy-id-changed": frozenset(("practices",)),
    "pharmacy-taken": frozenset(("practices",)),
    "account-of-several-persons": frozenset(("accounts",)),
    "payment-returned": frozenset(("tariff-offices",)),
}
"""The kinds of files that can raise an exception that names no batch; any kind for other ones."""


def barred(
    starter: str,
    batches: Collection[PlannedBatch],
    choosers: Iterable[str],
    grants: Grants,
    confirmers: Iterable[str] = (),
) -> dict[str, str]:
    """Subject → why that person may not approve a run on these batches (the code of the refusal).

    The starter, whoever made a choice that the run uses or confirmed a value that it rests on,
    whoever sent one of its files, and whoever registered or answers for a partner of one of them.
    """
    found = dict.fromkeys(grants.involved({batch.partner for batch in batches}), "approver-of-a-partner")
    found |= {batch.sent_by: "approver-sent-a-file" for batch in batches if batch.sent_by is not None}
    found |= dict.fromkeys(confirmers, "approver-confirmed")
    found |= dict.fromkeys(choosers, "approver-chose")
    return {**found, starter: "approver-is-starter"}


def raised_by_own_file(exception: YearException, subject: str, batches: Batches, plan: Plan | None) -> bool:
    """Whether a file that this person sent raised the exception.

    `plan` = that of the run that found it. An exception that names its batches is raised by those;
    otherwise any file of the run may have, if it is of a kind that can.
    """
    if named := batches_named(exception.facts):
        found = (batches.get(batch) for batch in sorted(named))
        return any(batch.sent_by is not None and batch.sent_by.subject == subject for batch in found if batch)
    kinds = RAISED_BY.get(exception.kind)
    sent = (batch for batch in (plan.batches if plan else ()) if batch.sent_by == subject)
    return any(kinds is None or batch.kind in kinds for batch in sent)


def batches_named(facts: object) -> set[str]:
    """Every batch id under the name `batch`, however deep in the facts."""
    match facts:
        case Mapping():
            own = {facts["batch"]} if isinstance(facts.get("batch"), str) else set[str]()
            return own.union(*(batches_named(value) for value in facts.values()))
        case list() | tuple():
            return set[str]().union(*(batches_named(value) for value in facts))
        case _:
            return set()
