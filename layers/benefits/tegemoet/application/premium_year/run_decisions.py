"""The decisions of runs and their frozen cases, for whoever reads a decision by its id."""

import re
from collections.abc import Mapping

import orjson

from tegemoet.application.decisions.reading import StoredDecision, scheme_of, unknown_decision
from tegemoet.application.ports import Decisions, Objects, RunDecisions
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.plan import parameters_of
from tegemoet.domain.decision import canonical
from tegemoet.domain.identity import shard_of
from tegemoet.domain.problems import NoPremiumForYearError
from tegemoet.schemes.convention_premium.year import premium_year

_ID = re.compile(r"(([0-9]{4})-[0-9]-[0-9a-f]+)\.([A-Za-z0-9-]+)", re.ASCII)
"""`<run>.<person>`, where the id of a run begins with its year."""


def read_run_decision(year: int, decision_id: str, run_decisions: RunDecisions) -> StoredDecision:
    """The decision of a run of the year, without its case.

    Raises NotFoundError `decision-unknown`.
    """
    found = run_decisions.find(decision_id) if decision_id.startswith(f"{year}-") else None
    if found is None:
        raise unknown_decision()
    return StoredDecision(decision_id, scheme_of(found), found)


def with_case(stored: StoredDecision, run_decisions: RunDecisions) -> StoredDecision:
    """The decision with the case that its run froze, if it is still kept."""
    frozen = run_decisions.frozen(stored.id)
    if frozen is None:
        return stored
    decision = orjson.loads(stored.decision)
    case = canonical({"case_id": decision["case_id"], "on": decision["on"], **frozen})
    return StoredDecision(stored.id, stored.scheme, stored.decision, case)


class FrozenRunDecisions:
    """Implements the port `RunDecisions` on stored decisions and on the folders of runs."""

    def __init__(self, decisions: Decisions, work: Objects) -> None:
        self._decisions, self._work = decisions, work

    def find(self, decision_id: str) -> bytes | None:
        place = place_of(decision_id)
        if place is None:
            return None
        year, shard, run, person = place
        return dict(self._decisions.of_person(year, shard, person)).get(run)

    def frozen(self, decision_id: str) -> Mapping[str, object] | None:
        place = place_of(decision_id)
        if place is None:
            return None
        _, shard, run, person = place
        folder = RunFolder(self._work, run)
        frozen = folder.person(shard, person)
        if frozen is None or frozen.case is None:
            return None
        return {"case": frozen.case, **({"supplied": supplied} if (supplied := folder.plan().supplied) else {})}


def place_of(decision_id: str) -> tuple[int, int, str, str] | None:
    """Year, shard, run and person of a decision id; None if it is not of a run."""
    match = _ID.fullmatch(decision_id)
    if match is None:
        return None
    run, year, person = match.groups()
    try:
        shards = premium_year(parameters_of(int(year))).shards
    except NoPremiumForYearError:
        return None
    return int(year), shard_of(person, shards), run, person
