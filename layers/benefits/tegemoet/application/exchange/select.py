"""Phase 1: the rows of all files put together, and every household judged on its own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tegemoet.application.exchange.folder import ExchangeFolder
from tegemoet.application.exchange.records import ExcludedHousehold, HouseholdRequest, HouseholdRow
from tegemoet.application.ports import Objects
from tegemoet.application.records import SelectionCounts
from tegemoet.schemes.increased_reimbursement.household import Household, Member, exclusions

TAKEN = "request-of-another-partner"
_Sent = dict[str, dict[str, dict[str, HouseholdRow]]]
"""Request number → partner → INSZ → row."""


@dataclass
class _Selection:
    """The households of one shard by outcome, and their counts per insurer."""

    counts: dict[str, SelectionCounts]
    selected: list[HouseholdRequest] = field(default_factory=list)
    excluded: list[ExcludedHousehold] = field(default_factory=list)

    def select(self, household: Household) -> None:
        number, partner, members = household.request_number, household.partner, household.members
        self.selected.append(
            {
                "request_number": number,
                "partner": partner,
                "members": [(member.insz, member.birth_date.isoformat()) for member in members],
                "entitled": [member.insz for member in members if member.entitled],
            }
        )
        counts = self.counts[partner]
        counts["requests"] += 1
        counts["members"] += len(members)

    def exclude(self, household: Household, reasons: list[str]) -> None:
        number, partner = household.request_number, household.partner
        self.excluded.append({"request_number": number, "partner": partner, "reasons": reasons})
        counts = self.counts[partner]
        counts["excluded"] += 1
        for reason in reasons:
            counts["reasons"][reason] = counts["reasons"].get(reason, 0) + 1


def select_shard(year: int, shard: int, *, objects: Objects) -> dict[str, int]:
    """Select or exclude the requests of one shard, and write the persons whose income they need.

    Returns the number of requests by outcome.
    """
    folder = ExchangeFolder(objects, year)
    inputs = folder.inputs("households").read()
    insurers = inputs.insurers
    found = _Selection({name: {"requests": 0, "members": 0, "excluded": 0, "reasons": {}} for name in insurers})
    for number, by_partner in sorted(_merged(folder.household_rows(inputs, shard)).items()):
        # the digits of the number name the insurer, so that nobody
        # blocks another insurer's household by coming first
        rightful = {partner for partner in by_partner if insurers[partner] == number[:3]}
        for partner, rows in sorted(by_partner.items()):
            household = Household(number, partner, tuple(_member(row) for _, row in sorted(rows.items())))
            taken = bool(rightful) and partner not in rightful
            if reasons := [TAKEN] if taken else exclusions(household, insurers[partner], folder.figures):
                found.exclude(household, reasons)
            else:
                found.select(household)

    folder.requests(shard).write(found.selected)
    folder.excluded(shard).write(found.excluded)
    needed = ((insz, request["request_number"]) for request in found.selected for insz, _ in request["members"])
    folder.write_needed(shard, needed)
    folder.selection_counts(shard).write(found.counts)
    return {"shard": shard, "requests": len(found.selected), "excluded": len(found.excluded)}


def _merged(rows: Iterable[HouseholdRow]) -> _Sent:
    """One row per request, partner and member: a later row replaces an earlier one."""
    sent: _Sent = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        sent[row["request_number"]][row["partner"]][row["insz"]] = row
    return sent


def _member(row: HouseholdRow) -> Member:
    mutated_on = row["mutated_on"]
    return Member(
        row["insz"],
        date.fromisoformat(row["birth_date"]),
        row["entitled"],
        row["earlier_outcome"],
        row["earlier_year"],
        row["voucher_cents"],
        row["fictitious"],
        date.fromisoformat(mutated_on) if mutated_on else None,
    )
