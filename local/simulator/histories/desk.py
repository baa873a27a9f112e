"""What the API shows persons, and what they do beside the calls of `people`.

Each function is one call of the API. What it returns is what somebody can read, not what is stored.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from local.simulator.histories.people import YEAR
from tegemoet.application.decisions.deciding import decide_line, require_kept
from tegemoet.application.decisions.reading import check_supersedes, replay_decision
from tegemoet.application.premium_year import approval, exceptions
from tegemoet.application.premium_year.dossier import read_dossier
from tegemoet.application.premium_year.phase_state import phase_state
from tegemoet.application.premium_year.run_decisions import read_run_decision, with_case
from tegemoet.application.records import PHASES, Person, Phase
from tegemoet.domain.identity import person_key
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import scheme_named

CASES = "first-hire"
"""The scheme of the cases that are decided beside the premium year."""


class Chosen(NamedTuple):
    """A choice: who made it, and what."""

    by: str
    choice: str


class Open(NamedTuple):
    """An exception: its id, kind and facts, what can be chosen, and what was."""

    id: str
    kind: str
    facts: Mapping[str, Any]
    choices: Sequence[str]
    choice: str | None


def has_totals(cloud: Any, phase: Phase) -> bool:
    """Whether the latest run of a phase shows its totals, if it was proposed."""
    try:
        state = phase_state(YEAR, phase, runs=cloud.runs, work=cloud.work)
    except NotFoundError:
        return True
    return state.control_sum is None or state.totals is not None


def dossier_decisions(cloud: Any, number: str) -> list[str]:
    """The ids of the decisions that the dossier of a RIZIV number lists."""
    dossier = read_dossier(
        YEAR,
        number,
        batches=cloud.batches,
        facts=cloud.facts,
        runs=cloud.runs,
        ledger=cloud.ledger,
        work=cloud.work,
        clock=cloud.clock,
        retention=cloud.retention,
    )
    return [decided.decision for decided in dossier.decisions]


def is_replayed(cloud: Any, decision: str) -> bool:
    """Whether a decision of a run is decided again from its case, to the same bytes."""
    found = with_case(read_run_decision(YEAR, decision, cloud.run_decisions), cloud.run_decisions)
    return replay_decision(found, cloud.work, cloud.secrets.digest_secret()).same


def choices(cloud: Any) -> dict[str, list[Chosen]]:
    """Every choice that is shown, by exception, the oldest first."""
    return {
        found.id: [Chosen(made.subject, made.choice) for made in found.choices_made]
        for found in cloud.runs.exceptions(YEAR)
    }


def listed(cloud: Any) -> Iterator[Open]:
    """Every exception of the year."""
    reader, cursor, is_last = exceptions.YearExceptions(YEAR, cloud.runs, cloud.work), None, False
    while not is_last:
        page, cursor = reader.page(cursor, 50)
        is_last = cursor is None
        for found in page:
            yield Open(found.id, found.kind, found.facts, exceptions.choices_for(found), found.choice)


def choose(cloud: Any, exception: str, choice: str, operator: Person) -> object:
    """Decide an exception. Raises ProblemError."""
    ports = exceptions.ChoicePorts(cloud.runs, cloud.batches, cloud.work, cloud.clock)
    return exceptions.choose(YEAR, exception, choice, "it is so", by=operator, ports=ports)


def who_closed(cloud: Any) -> list[str]:
    """The persons whom the closed year names, in the order in which they acted."""
    year = cloud.runs.year(YEAR)
    if year is None or year.closing is None:
        return []
    return [year.closing.proposal.by.subject, year.closing.confirmed_by.subject]


def recoveries(cloud: Any) -> dict[str, str]:
    """What is to be recovered by the latest run that was proposed: RIZIV number → EUR."""
    proposed = [run for phase in PHASES for run in cloud.runs.of_phase(YEAR, phase) if run.detail.control_sum]
    if not proposed:
        return {}
    latest = max(proposed, key=lambda run: run.started_at)
    key = next(key for key in latest.detail.outputs if key.endswith("/recoveries.csv"))
    rows = csv.DictReader(cloud.output.get(key).decode().splitlines(), delimiter=";")
    return {row["riziv_number"]: row["recovery"] for row in rows}


def person(cloud: Any, insz: str) -> str:
    """The key under which the year knows a person."""
    year = cloud.runs.begin_year(YEAR, cloud.person_secrets.current_version())
    return person_key(insz, year.key_version, cloud.person_secrets.person_secrets())


def answer_again(cloud: Any, given: Any, approver: str) -> object:
    """Give a run the answer that it has. Raises ProblemError."""
    return approval.answer_run(given, approver, cloud.approval_ports)


def decide_case(cloud: Any, partner: str, case: Mapping[str, Any]) -> str:
    """Decide a case and store the decision. Returns its id; raises ProblemError."""
    scheme = scheme_named(CASES)
    decided = decide_line(orjson.dumps(case), scheme, partner, cloud.secrets.digest_secret())
    check_supersedes(decided, partner, cloud.decisions, cloud.registrations)
    require_kept(cloud.decisions[scheme.data].put(decided.of(partner)))
    return decided.id
