"""What is done with the files for the bank of a released run: fetched, or withdrawn.

The events of a file are numbered, and each is put once, so that of two persons at once one comes
first and the other one sees what was done: nobody fetches a file that is withdrawn, and nobody
confirms a withdrawal without having seen who fetched it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from tegemoet.application.ports import Clock, Objects, Runs
from tegemoet.application.premium_year.bank_files import BANK_FILES, BankFile
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.application.premium_year.running import released_runs
from tegemoet.application.premium_year.transfers import TransferEntry, paid_entries
from tegemoet.application.records import BankFileEvent, Person, Run
from tegemoet.domain.problems import ConflictError, NotFoundError

LAPSES_AFTER = timedelta(days=7)
"""How long a proposal to withdraw a file can be confirmed."""


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file for the bank of a released run, and what was done with it, oldest first."""

    run: Run
    file: BankFile
    events: Sequence[BankFileEvent]

    @property
    def state(self) -> Literal["released", "fetched", "withdrawn"]:
        kinds = {event.kind for event in self.events}
        return "withdrawn" if "withdrawn" in kinds else "fetched" if "fetched" in kinds else "released"

    @property
    def fetches(self) -> int:
        """How often it was fetched."""
        return sum(event.kind == "fetched" for event in self.events)


@dataclass(frozen=True, slots=True)
class RecordPorts:
    """What recording needs. `withdraw` writes the returns through the function `settle`."""

    runs: Runs
    work: Objects
    clock: Clock
    withdraw: Callable[[str, str], object]


def released_files(year: int, runs: Runs, work: Objects) -> Iterator[ReleasedFile]:
    """The files of each released run, by run and number. Raises NoPremiumForYearError."""
    parameters_of(year)
    events = runs.bank_file_events(year)
    for run in released_runs(year, runs):
        for file in bank_files(run, work):
            yield ReleasedFile(run, file, events.get(file.message_id, ()))


def bank_files(run: Run, work: Objects) -> list[BankFile]:
    """The files of a released run; one that an earlier version released has none."""
    step = RunFolder(work, run.id).released
    return [BankFile(**file) for file in step.json(BANK_FILES)] if step.has(BANK_FILES) else []


def entries_of_file(run: Run, message_id: str, work: Objects) -> Iterator[TransferEntry]:
    """The entries that the transfers of a file pay, in the order of the file."""
    folder, end = RunFolder(work, run.id), 0
    for file in bank_files(run, work):
        start, end = end, end + file.transfers
        if file.message_id == message_id:
            for _, entries in islice(paid_entries(folder.proposed, folder.unwritten(run)), start, end):
                yield from entries


def require_file(year: int, message_id: str, runs: Runs, work: Objects) -> ReleasedFile:
    """The file. Raises NoPremiumForYearError, NotFoundError `bank-file-unknown`."""
    found = next((each for each in released_files(year, runs, work) if each.file.message_id == message_id), None)
    if found is None:
        raise NotFoundError("The year has no such file for the bank.", "bank-file-unknown")
    return found


def require_unwithdrawn(year: int, message_id: str, runs: Runs, work: Objects) -> ReleasedFile:
    """As `require_file`. Raises ConflictError `file-withdrawn` for a file that was withdrawn."""
    found = require_file(year, message_id, runs, work)
    _check_state(found)
    return found


def _check_state(found: ReleasedFile) -> None:
    if found.state == "withdrawn":
        raise ConflictError("The file was withdrawn.", "file-withdrawn")


def record_fetch(year: int, message_id: str, *, by: Person, ports: RecordPorts) -> int:
    """Record that a person fetches the file. Returns the number of the event.

    Raises ConflictError `file-withdrawn`.
    """
    while True:
        found = require_unwithdrawn(year, message_id, ports.runs, ports.work)
        if _add(year, found, BankFileEvent("fetched", by, _now(ports.clock)), ports):
            return len(found.events) + 1


def propose_withdrawal(year: int, message_id: str, reason: str, *, by: Person, ports: RecordPorts) -> int:
    """Propose to withdraw a file that the bank did not get. Returns the number of the proposal.

    What one person proposes again for the same reason is one proposal, until it lapses. Raises
    ConflictError `file-withdrawn`.
    """
    while True:
        found = require_file(year, message_id, ports.runs, ports.work)
        if same := _same_proposal(found, reason, by, ports.clock):
            return same
        _check_state(found)
        if _add(year, found, BankFileEvent("withdrawal-proposed", by, _now(ports.clock), reason), ports):
            return len(found.events) + 1


def _same_proposal(found: ReleasedFile, reason: str, by: Person, clock: Clock) -> int | None:
    """The number of the proposal of that person for that reason, unless it lapsed unconfirmed."""
    confirmed = {event.proposal for event in found.events if event.kind == "withdrawn"}
    for number, event in enumerate(found.events, 1):
        same = (event.kind, event.by.subject, event.reason) == ("withdrawal-proposed", by.subject, reason)
        if same and (number in confirmed or not _has_lapsed(event, clock)):
            return number
    return None


def _has_lapsed(proposed: BankFileEvent, clock: Clock) -> bool:
    return clock.now() > datetime.fromisoformat(proposed.at) + LAPSES_AFTER


def confirm_withdrawal(
    year: int, message_id: str, proposal: int, fetches: int, *, by: Person, ports: RecordPorts
) -> ReleasedFile:
    """Withdraw the file as it was proposed: its payments are returned, and payable again.

    `fetches` = how often the file was fetched, as the person has seen it. One's own confirmation
    may be repeated. Raises NotFoundError `proposal-unknown`; ConflictError `confirmed-by-proposer`,
    `proposal-lapsed`, `fetches-differ`, `file-withdrawn`.
    """
    found = require_file(year, message_id, ports.runs, ports.work)
    if not any(_is_confirmation(event, proposal, by) for event in found.events):
        _check(found, proposal, fetches, by, ports)
        if not _add(year, found, BankFileEvent("withdrawn", by, _now(ports.clock), proposal=proposal), ports):
            return confirm_withdrawal(year, message_id, proposal, fetches, by=by, ports=ports)
    ports.withdraw(found.run.id, message_id)
    return require_file(year, message_id, ports.runs, ports.work)


def _is_confirmation(event: BankFileEvent, proposal: int, by: Person) -> bool:
    return (event.kind, event.proposal, event.by.subject) == ("withdrawn", proposal, by.subject)


def _check(found: ReleasedFile, proposal: int, fetches: int, by: Person, ports: RecordPorts) -> None:
    proposed = found.events[proposal - 1] if 0 < proposal <= len(found.events) else None
    if proposed is None or proposed.kind != "withdrawal-proposed":
        raise NotFoundError("There is no such proposal.", "proposal-unknown")
    _check_state(found)
    if proposed.by.subject == by.subject:
        raise ConflictError("The person who proposed to withdraw a file cannot confirm it.", "confirmed-by-proposer")
    if _has_lapsed(proposed, ports.clock):
        raise ConflictError("The proposal has lapsed.", "proposal-lapsed")
    if found.fetches != fetches:
        raise ConflictError("The file was fetched more often than you have seen.", "fetches-differ")


def _add(year: int, found: ReleasedFile, event: BankFileEvent, ports: RecordPorts) -> bool:
    """Whether the event could be recorded right after those that were read."""
    return ports.runs.add_bank_file_event(year, found.file.message_id, len(found.events) + 1, event)


def _now(clock: Clock) -> str:
    return clock.now().isoformat(timespec="seconds")
