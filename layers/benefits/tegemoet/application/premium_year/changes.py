"""What changed since the last release of the year: listed and counted before a run is approved.

"Since the last release" is from the cut-off of the run that was released last: what changed between
that cut-off and its approval is listed by the next run, so that nothing is left out. Before the
first release of a year, everything counts as changed: nobody has approved anything of it.

* `debtor-account`: versions of the account that pays and of its settings, until the run was
  proposed.
* `accounts`: an account that a person or a tariff office is paid on, and that came or differs since
  by an operator's file, by a choice, or from another partner. A choice may also give a number to
  the person. What the same partner changes itself is not listed.
* `grants`: versions of registrations that were made before the cut-off of the run.
* `roles`: versions of the roles of persons, until the plan of the run was made.
* `values`: confirmations of values that are not official, until the plan of the run was made.
* `unused-files`: files of the year that the run does not use: refused, failed, abandoned, or never
  taken in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from tegemoet.application.partners.grants import Grants
from tegemoet.application.premium_year.unread import UNREAD, UnreadFile
from tegemoet.application.premium_year.values import YearValue
from tegemoet.application.records import (
    AUTHORITIES,
    Batch,
    ChangeKind,
    Confirmation,
    DebtorAccount,
    DebtorAccountVersion,
    GrantedKind,
    Registration,
    RoleChange,
)
from tegemoet.domain.calendar import second_of

CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
Way = Literal["another-partner", "choice", "operator-file"]
"""How an account came to be the one that is paid."""
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `id` is `<kind>.<subject>`; `facts` hold no account and no identity number."""

    id: str
    kind: ChangeKind
    facts: Mapping[str, object]


def unused_file_changes(batches: Iterable[Batch]) -> list[Change]:
    """Files of which the run uses nothing, by batch."""
    return [_unused_file(batch) for batch in sorted(batches, key=lambda batch: batch.id)]


def _unused_file(batch: Batch) -> Change:
    facts = {
        "batch": batch.id,
        "partner": batch.partner,
        "kind": batch.kind,
        "state": batch.state,
        "written_at": batch.written_at,
        "refusal": batch.detail.refusal.code if batch.detail.refusal else None,
        "sent_by": asdict(batch.sent_by) if batch.sent_by else None,
    }
    return Change(f"unused-files.{batch.id}", "unused-files", facts)


def unread_file_changes(files: Iterable[UnreadFile]) -> list[Change]:
    """Files that have no batch, by key."""
    return [_unread_file(file) for file in sorted(files, key=lambda file: (file.key, file.written_at))]


def _unread_file(file: UnreadFile) -> Change:
    facts = {
        "batch": None,
        "partner": file.partner,
        "kind": file.kind,
        "state": UNREAD,
        "written_at": file.written_at,
        "refusal": None,
        "sent_by": None,
        "key": file.key,
    }
    return Change(f"unused-files.{file.key}.{file.version}", "unused-files", facts)


def grant_changes(registrations: Iterable[Registration], since: str | None) -> list[Change]:
    """The versions that were made since, each with what it changed of the version before it."""
    grants = Grants(registrations)
    changes = []
    for partner in grants.partners:
        before: Registration | None = None
        for version in grants.versions(partner):
            if _is_since(version.at, since):
                changes.append(_grant_change(version, before))
            before = version
    return sorted(changes, key=lambda change: change.id)


def value_changes(values: Iterable[YearValue], since: str | None) -> list[Change]:
    """The confirmations of values that were made since."""
    return [
        _value_change(value, number, made)
        for value in values
        for number, made in enumerate(value.confirmations, start=1)
        if _is_since(made.at, since)
    ]


def _value_change(value: YearValue, number: int, made: Confirmation) -> Change:
    facts = {
        "value": value.id,
        "name": value.name,
        "key": dict(value.key),
        "basis": value.basis,
        "confirmed": made.value,
        "reason": made.reason,
        "at": made.at,
        "by": asdict(made.by),
    }
    return Change(f"values.{value.id}.{number:06}", "values", facts)


def debtor_account_changes(versions: Iterable[DebtorAccountVersion], since: str | None) -> list[Change]:
    """The versions of the account that pays that were confirmed since, each with what it changed.

    `versions` = every one, by number.
    """
    changes: list[Change] = []
    before: DebtorAccount | None = None
    for version in versions:
        if _is_since(version.confirmed_at, since):
            changes.append(_debtor_account_change(version, before))
        before = version.account
    return changes


def _debtor_account_change(version: DebtorAccountVersion, before: DebtorAccount | None) -> Change:
    earlier = asdict(before) if before else {}
    facts = {
        "version": version.number,
        "name": version.account.name,
        "changed": [
            name for name, value in asdict(version.account).items() if name not in earlier or earlier[name] != value
        ],
        "reason": version.reason,
        "proposed_by": asdict(version.by),
        "proposed_at": version.at,
        "by": asdict(version.confirmed_by),
        "at": version.confirmed_at,
    }
    return Change(f"debtor-account.{version.number:06}", "debtor-account", facts)


def role_changes(versions: Iterable[RoleChange], since: str | None) -> list[Change]:
    """The versions of the roles of persons that were made since, each with the roles before it.

    `versions` = every one, by person and number.
    """
    changes, before = [], dict[str, RoleChange]()
    for version in versions:
        if _is_since(version.at, since):
            changes.append(_role_change(version, before.get(version.subject)))
        before[version.subject] = version
    return sorted(changes, key=lambda change: change.id)


def _role_change(version: RoleChange, before: RoleChange | None) -> Change:
    facts = {
        "subject": version.subject,
        "name": version.name,
        "version": version.number,
        "at": version.at,
        "by": asdict(version.by),
        "roles": sorted(version.roles),
        "before": sorted(before.roles) if before else [],
        "partner": version.partner,
    }
    return Change(f"roles.{version.at}.{version.subject}.{version.number:06}", "roles", facts)


def _is_since(at: str, since: str | None) -> bool:
    return since is None or second_of(at) >= second_of(since)


def _grant_change(version: Registration, before: Registration | None) -> Change:
    held = _holding(before.grants) if before else set[GrantedKind]()
    holds = _holding(version.grants)
    facts: dict[str, object] = {
        "partner": version.partner,
        "version": version.number,
        "at": version.at,
        "by": asdict(version.by),
        "profile": _new(version.profile, before.profile if before else None),
        "granted": _kinds(holds - held),
        "withdrawn": _kinds(held - holds),
        "keys": _difference(version.keys, before.keys if before else ()),
        "answerable": _difference(version.answerable, before.answerable if before else ()),
        "authority": {
            on: {"before": before.authority_from(on) if before else None, "from": version.authority_from(on)}
            for on in AUTHORITIES
            if version.authority_from(on) != (before.authority_from(on) if before else None)
        },
        "predecessor": _new(version.predecessor, before.predecessor if before else None),
    }
    return Change(f"grants.{version.at}.{version.partner}.{version.number:06}", "grants", facts)


def _new(now: str | None, before: str | None) -> str | None:
    """What differs from the version before."""
    return None if now == before else now


def _holding(grants: Iterable[GrantedKind]) -> set[GrantedKind]:
    return {grant for grant in grants if grant.withdrawn_at is None}


def _kinds(grants: Iterable[GrantedKind]) -> list[dict[str, object]]:
    found = sorted((grant.scheme, grant.kind, grant.from_year) for grant in grants)
    return [{"scheme": scheme, "kind": kind, "from_year": year} for scheme, kind, year in found]


def _difference(now: Iterable[str], before: Iterable[str]) -> dict[str, list[str]]:
    added, removed = set(now) - set(before), set(before) - set(now)
    return {"added": sorted(added), "removed": sorted(removed)}
