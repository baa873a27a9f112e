"""Reading stored decisions back, and deciding them again to see whether the same bytes come out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from tegemoet.application.decisions.deciding import Replay, replay
from tegemoet.application.ports import Decisions, Objects
from tegemoet.domain.decision import canonical
from tegemoet.domain.identity import shard_of
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import NotFound
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.convention_premium.year import premium_year
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Data, Scheme

_OF_RUN = re.compile(r"(([0-9]{4})-[0-9]-[0-9a-f]+)\.([A-Za-z0-9-]+)", re.ASCII)
_kept: set[str] = set()


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored decision; `case` is None for one of a run, whose case stands among what the run froze. `partner` = who decided it; a run's
    belongs to none."""

    scheme: Scheme
    decision: bytes
    case: bytes | None
    partner: str | None = None
    run: str | None = None
    person: str | None = None
    shard: int = 0


def find_decision(decision_id: str, decisions: Mapping[Data, Decisions]) -> tuple[str, bytes, bytes] | None:
    """Partner, case and decision under an id, which does not say what data it is about."""
    return next((found for kept in decisions.values() if (found := kept.get(decision_id))), None)


def read_decision(decision_id: str, partner: str | None, decisions: Mapping[Data, Decisions]) -> Stored:
    """The decision, when it is the partner's own or a person asks (`partner` None). Raises NotFound `decision-unknown`.

    The decision of a run belongs to no partner: only persons read it by its id, `<run>.<person>`.
    """
    of_run = _OF_RUN.fullmatch(decision_id)
    if of_run is None:
        found = find_decision(decision_id, decisions)
        if found is not None and partner in (None, found[0]):
            return Stored(scheme_named(orjson.loads(found[2])["scheme"]), found[2], found[1], found[0])
    elif partner is None:
        run, year, person = of_run.groups()
        scheme = scheme_named(SLUG)
        parameters = scheme.parameter_sets.get(year)
        if parameters is not None:
            shard = shard_of(person, premium_year(parameters).shards)
            decision = dict(decisions["ordinary"].of_person(int(year), shard, person)).get(run)
            if decision is not None:
                return Stored(scheme, decision, None, None, run, person, shard)
    raise NotFound("There is no such decision.", "decision-unknown")


def superseded_by(stored: Stored) -> str | None:
    """The id of the decision that this one replaces, as its case names it."""
    named: str | None = None if stored.case is None else orjson.loads(stored.case).get("supersedes")
    return named


def replay_decision(stored: Stored, work: Objects, digest_secret: bytes) -> Replay:
    """Decide the stored case again, on the parameters that were used."""
    case = stored.case
    decision = orjson.loads(stored.decision)
    if case is None:
        from tegemoet.application.premium_year.run_files import frozen_line  # noqa: PLC0415 - only here

        line = frozen_line(work, str(stored.run), stored.shard, str(stored.person))
        if line is None:
            return Replay(False, {"case": "no longer kept"})
        case = canonical({"case_id": decision["case_id"], "on": decision["on"], "case": line["case"]})
    used = decision["parameters"]["sha256"]
    ships = any(known.sha256 == used for known in stored.scheme.parameter_sets.values())
    kept = None if ships else _kept_parameters(stored.scheme, used, work)
    return replay(stored.decision, case, stored.scheme, digest_secret, kept)


def keep_parameters(decision: bytes, scheme: Scheme, work: Objects) -> None:
    """Keep the parameter set that a decision was made on, when this process uses it for the first time."""
    used = orjson.loads(decision)["parameters"]["sha256"]
    if used not in _kept:
        keep_set(next(known for known in scheme.parameter_sets.values() if known.sha256 == used), scheme, work)
        _kept.add(used)


def keep_set(parameters: ParameterSet, scheme: Scheme, work: Objects) -> None:
    """Keep the text of a parameter set under its SHA-256, unless it is kept already."""
    work.put_once(_place(scheme, parameters.sha256), parameters.text.encode())


def _kept_parameters(scheme: Scheme, sha256: str, work: Objects) -> str | None:
    try:
        return work.get(_place(scheme, sha256)).decode()
    except KeyError:
        return None


def _place(scheme: Scheme, sha256: str) -> str:
    return f"parameters/{scheme.slug}/{sha256}.toml"
