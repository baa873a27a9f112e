"""The changes of a run: put together when the run is proposed, written once, and counted."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tegemoet.application.attempts import Attempt
from tegemoet.application.premium_year.changes import CHANGE_KINDS, WAYS, Change, debtor_account_changes
from tegemoet.application.premium_year.folder import CHANGES, CHANGES_INDEX, RunFolder
from tegemoet.application.premium_year.listing import Listing, merged, write_listing
from tegemoet.application.premium_year.ownership import hashed
from tegemoet.application.premium_year.records import Plan
from tegemoet.application.premium_year.report_changes import First
from tegemoet.application.premium_year.summary import ChangesCounted
from tegemoet.application.records import ChangeKind, DebtorAccountVersion
from tegemoet.domain.money import euro, from_cents

SHOWN = 20
"""Changes of one kind that the page of a phase lists; all of them are in the file `changes.csv`."""


@dataclass(frozen=True, slots=True)
class KeptChanges:
    """How many changes were written, and the first ones of each kind."""

    counted: ChangesCounted
    first: First


def keep_changes(
    writing: Attempt,
    plan: Plan,
    folder: RunFolder,
    counts: Mapping[str, int],
    held: Iterable[str],
    debtors: Iterable[DebtorAccountVersion],
) -> KeptChanges:
    """Write the changes of the run by id, and their index.

    `counts` = the control totals of the run, which have what is paid through each tariff office;
    `held` = persons to whom the run pays nothing, although their shard found nothing against it;
    `debtors` = every version of the account that pays, until the one that the run pays from.
    """
    ways: Counter[object] = Counter()
    first: dict[ChangeKind, list[Change]] = {kind: [] for kind in CHANGE_KINDS}

    def counting(changes: Iterable[Change]) -> Iterator[Change]:
        for change in changes:
            ways.update(change.facts.get("ways", ()))  # type: ignore[call-overload]
            if len(first[change.kind]) < SHOWN:
                first[change.kind].append(change)
            yield change

    with writing.writer(CHANGES) as out:
        index = write_listing(out, counting(_changes(plan, folder, counts, held, debtors)))
    writing.write_json(CHANGES_INDEX, index.shape())
    of_kind = index.counts()
    return KeptChanges(
        {
            "since": plan.since,
            "counts": {kind: of_kind.get(kind, 0) for kind in CHANGE_KINDS},
            "ways": {way: ways[way] for way in WAYS},
        },
        first,
    )


def first_changes(listing: Listing[Change]) -> First:
    """The first changes of each kind of a run that is proposed."""
    return {kind: listing.page(None, SHOWN, kind)[0] for kind in CHANGE_KINDS}


def _changes(
    plan: Plan,
    folder: RunFolder,
    counts: Mapping[str, int],
    held: Iterable[str],
    debtors: Iterable[DebtorAccountVersion],
) -> Iterator[Change]:
    """Every change of the run, each once, by id."""
    names = frozenset(hashed(person) for person in held)
    return merged(
        debtor_account_changes(debtors, plan.since),
        sorted(plan.changes, key=lambda change: change.id),
        [_with_amount(change, counts) for change in folder.pharmacies().changes],
        *(_paid(folder.account_changes(shard), names) for shard in range(plan.shards)),
    )


def _paid(changes: Iterable[Change], held: Container[str]) -> Iterator[Change]:
    """The changes of the accounts of persons; `held` = the names of those who are not paid."""
    for change in changes:
        is_held = change.id.rpartition(".")[2] in held
        yield replace(change, facts={**change.facts, "amount": None}) if is_held else change


def _with_amount(change: Change, counts: Mapping[str, int]) -> Change:
    """The change of a tariff office with what the run pays through it."""
    cents = counts.get(f"office/{change.facts['tariff_office']}/cents", 0)
    return replace(change, facts={**change.facts, "amount": euro(from_cents(cents)) if cents else None})
