"""Which households are asked about: the rows of all files put together, and every household judged on its own (phase 1)."""

from collections import defaultdict
from datetime import date
from typing import Any

from tegemoet.application.exchange.folder import (
    Json,
    counts_key,
    delivered,
    excluded_key,
    noted_key,
    parameters_year,
    put_lines,
    put_persons,
    requests_key,
)
from tegemoet.application.files import read_json, write_json
from tegemoet.application.ports import Objects
from tegemoet.schemes.increased_reimbursement.household import Household, Member, exclusions

TAKEN = "request-of-another-partner"


def select_shard(year: int, shard: int, *, objects: Objects) -> Json:
    """Judge the requests of one shard and write which are asked about, which are left out, and whose incomes are needed."""
    figures = parameters_year(year)
    noted = read_json(objects, noted_key(year, "households"))
    insurers: dict[str, str] = noted["insurers"]
    brought: dict[str, dict[str, dict[str, Json]]] = defaultdict(lambda: defaultdict(dict))
    for row in delivered(objects, noted, shard):
        brought[row["request_number"]][row["partner"]][row["insz"]] = row  # a later row replaces an earlier one

    selected: list[Json] = []
    excluded: list[Json] = []
    counts: Json = {partner: {"requests": 0, "members": 0, "excluded": 0, "reasons": {}} for partner in insurers}
    for number, by_partner in sorted(brought.items()):
        # Whose digits begin the number is known without looking at who came first, so nobody can block another one's household.
        rightful = {partner for partner in by_partner if insurers[partner] == number[:3]}
        for partner, rows in sorted(by_partner.items()):
            household = Household(number, partner, tuple(_member(row) for _, row in sorted(rows.items())))
            taken = bool(rightful) and partner not in rightful
            reasons = [TAKEN] if taken else exclusions(household, insurers[partner], figures)
            count = counts[partner]
            if reasons:
                excluded.append({"request_number": number, "partner": partner, "reasons": reasons})
                count["excluded"] += 1
                for reason in reasons:
                    count["reasons"][reason] = count["reasons"].get(reason, 0) + 1
            else:
                members = [(member.insz, member.birth_date.isoformat()) for member in household.members]
                entitled = [member.insz for member in household.members if member.entitled]
                selected.append(
                    {"request_number": number, "partner": partner, "members": members, "entitled": entitled}
                )
                count["requests"] += 1
                count["members"] += len(members)

    put_lines(objects, requests_key(year, shard), selected)
    put_lines(objects, excluded_key(year, shard), excluded)
    needed = ((insz, request["request_number"]) for request in selected for insz, _ in request["members"])
    put_persons(objects, figures, 1, shard, needed)
    write_json(objects, counts_key(year, "select", shard), counts)
    return {"shard": shard, "requests": len(selected), "excluded": len(excluded)}


def _member(row: Json) -> Member:
    mutated: Any = row["mutated_on"]
    return Member(
        row["insz"],
        date.fromisoformat(row["birth_date"]),
        row["entitled"],
        row["earlier_outcome"],
        row["earlier_year"],
        row["voucher_cents"],
        row["fictitious"],
        date.fromisoformat(mutated) if mutated else None,
    )
