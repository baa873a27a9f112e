"""Where the payments of a person are: the file for the bank of each, and what the bank answered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter

from tegemoet.application.ports import Batches, Facts, Objects, Runs
from tegemoet.application.premium_year.answers import Answers, State, answered, choices_of
from tegemoet.application.premium_year.bank_file_record import ReleasedFile, released_files
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.transfers import TransferEntry, paid_entries
from tegemoet.application.records import Entry


@dataclass(frozen=True, slots=True)
class SentPayment:
    """How a payment went to the bank, and where it is.

    `execution` = the day on which the bank is to pay; `fetched` = each moment at which a person
    fetched the file; `reason` = the bank's code, or `withdrawn`; `on` = the booking day that the
    bank told. Days and moments in ISO.
    """

    end_to_end_id: str
    message_id: str
    execution: str
    fetched: Sequence[str]
    state: State
    reason: str | None
    on: str | None


@dataclass(frozen=True, slots=True)
class SentPorts:
    """What finding payments in files needs. `work` = the bucket of the runs."""

    batches: Batches
    facts: Facts
    runs: Runs
    work: Objects


def sent_payments(year: int, entries: Iterable[Entry], ports: SentPorts) -> Mapping[str, SentPayment]:
    """How each payment among the entries went to the bank, by the id of its entry.

    A payment of a run without files is left out. Reads the answers of the year once and, of each
    run that paid these entries, the list of transfers as a stream, up to the last one that is
    looked for: one line is in memory at a time. Where no such run has files it reads neither.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.kind == "payment":
            wanted[entry.run].add(entry.entry_id)
    if not wanted:
        return {}
    files = [file for file in released_files(year, ports.runs, ports.work) if file.run.id in wanted]
    if not files:
        return {}
    answers = Answers.of_year(year, facts=ports.facts, batches=ports.batches)
    choices, found = choices_of(year, ports.runs), {}
    for run, of_run in groupby(files, key=attrgetter("run")):
        for file, name, paid, ids in _transfers(list(of_run), wanted[run.id], ports.work):
            transfer = answered(file, name, paid, answers, choices)
            sent = SentPayment(
                name,
                file.file.message_id,
                file.file.execution,
                [event.at for event in file.events if event.kind == "fetched"],
                transfer.state,
                transfer.reason,
                transfer.on,
            )
            found.update(dict.fromkeys(ids, sent))
    return found


def _transfers(
    files: Sequence[ReleasedFile], wanted: Collection[str], work: Objects
) -> Iterator[tuple[ReleasedFile, str, Sequence[TransferEntry], Collection[str]]]:
    """The transfers of a run that pay a wanted entry: file, EndToEndId, entries, wanted ones."""
    run, left = files[0].run, set(wanted)
    folder = RunFolder(work, run.id)
    transfers = paid_entries(folder.proposed, folder.unwritten(run))
    for file in files:
        for name, entries in islice(transfers, file.file.transfers):
            if found := left.intersection(entry["entry_id"] for entry in entries):
                left -= found
                yield file, name, entries, found
            if not left:
                return
