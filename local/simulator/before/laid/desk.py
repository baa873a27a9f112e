"""What the API of the earlier version showed persons, and what they did beside `people`.

It stands in the place of `histories/desk.py` of the present version.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from local.simulator.histories.people import YEAR, Person, give
from tegemoet.application.decisions.deciding import check_superseded, decide_line
from tegemoet.application.decisions.reading import find_decision, read_decision, replay_decision
from tegemoet.application.premium_year import exceptions
from tegemoet.application.premium_year.dossier import read_dossier
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.phase_state import phase_state
from tegemoet.application.records import PHASES
from tegemoet.domain.identity import person_key
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import scheme_named

CASES = "first-hire"


class Chosen(NamedTuple):
    by: str
    choice: str


class Open(NamedTuple):
    id: str
    kind: str
    facts: Mapping[str, Any]
    choices: Sequence[str]
    choice: str | None


def has_totals(cloud: Any, phase: int) -> bool:
    try:
        state = phase_state(YEAR, phase, runs=cloud.runs, work=cloud.work)
    except NotFoundError:
        return True
    return state.control_sum is None or state.totals is not None


def dossier_decisions(cloud: Any, number: str) -> list[str]:
    dossier = read_dossier(YEAR, number, facts=cloud.facts, runs=cloud.runs, ledger=cloud.ledger, work=cloud.work)
    return [decided.decision for decided in dossier.decisions]


def is_replayed(cloud: Any, decision: str) -> bool:
    found = read_decision(decision, None, cloud.decisions, cloud.run_decisions)
    return replay_decision(found, cloud.run_decisions, cloud.work, cloud.secrets.digest_secret()).same


def choices(cloud: Any) -> dict[str, list[Chosen]]:
    """An exception had one choice, the last one, and no time."""
    return {
        found.id: [Chosen(str(found.chosen_by), found.choice)]
        for found in cloud.runs.exceptions(YEAR)
        if found.choice is not None
    }


def listed(cloud: Any) -> Iterator[Open]:
    for found in exceptions.exceptions_of(YEAR, runs=cloud.runs):
        yield Open(found.id, found.kind, found.facts, exceptions.choices_for(found), found.choice)


def choose(cloud: Any, exception: str, choice: str, operator: Person) -> object:
    return exceptions.choose(YEAR, exception, choice, "it is so", by=operator.subject, runs=cloud.runs)


def who_closed(_cloud: Any) -> list[str]:
    """Nothing said who closed a year."""
    return []


def recoveries(cloud: Any) -> dict[str, str]:
    proposed = [run for phase in PHASES for run in cloud.runs.of_phase(YEAR, phase) if run.detail.control_sum]
    if not proposed:
        return {}
    latest = max(proposed, key=lambda run: run.started_at)
    written = cloud.output.get(output_prefix(latest) + "recoveries.csv").decode()
    rows = csv.DictReader(written.splitlines(), delimiter=";")
    return {row["riziv_number"]: row["recovery"] for row in rows}


def person(cloud: Any, insz: str) -> str:
    year = cloud.runs.begin_year(YEAR, cloud.person_secrets.current_version())
    return person_key(insz, year.key_version, cloud.person_secrets.person_secrets())


def answer_again(cloud: Any, given: Any, approver: str) -> object:
    return give(cloud, given, approver)


def decide_case(cloud: Any, partner: str, case: Mapping[str, Any]) -> str:
    scheme = scheme_named(CASES)
    if "supersedes" in case:
        check_superseded(partner, find_decision(case["supersedes"], cloud.decisions))
    decided = decide_line(orjson.dumps(case), scheme, partner, cloud.secrets.digest_secret())
    cloud.decisions[scheme.data].put(decided.id, partner, decided.case, decided.decision)
    return decided.id
