"""Reading stored decisions back, and deciding them again to see whether the same bytes come out."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

import orjson

from tegemoet.application.decisions.deciding import Decided, Replay, check_superseded, replay
from tegemoet.application.partners.grants import names_of
from tegemoet.application.ports import Decisions, Objects, Registrations
from tegemoet.application.records import KeptDecision, Person
from tegemoet.domain.parameters import ParameterSet
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import scheme_named
from tegemoet.schemes.scheme import Data, Scheme

_kept: set[str] = set()


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A stored decision. `partner` = whose it is, `by` = the person who decided it, if it was one.

    The decision of a run belongs to no partner. `case` = None where it is no longer kept.
    """

    id: str
    scheme: Scheme
    decision: bytes
    case: bytes | None = None
    partner: str | None = None
    by: Person | None = None


def find_decision(decision_id: str, decisions: Mapping[Data, Decisions]) -> KeptDecision | None:
    """The decision under an id, which does not say what data it is about."""
    return next((found for kept in decisions.values() if (found := kept.get(decision_id))), None)


def read_decision(
    decision_id: str, partner: str | None, decisions: Mapping[Data, Decisions], registrations: Registrations
) -> StoredDecision:
    """The decision, if it is of the partner, or for whoever reads all (`partner` None).

    What a partner decided that the partner has taken over is the partner's own. The decisions of
    runs are not among them. Raises NotFoundError `decision-unknown`.
    """
    found = find_decision(decision_id, decisions)
    if found is not None and (partner is None or found.partner in _names_of(partner, found, registrations)):
        scheme = scheme_of(found.decision)
        return StoredDecision(decision_id, scheme, found.decision, found.case, found.partner, found.by)
    raise unknown_decision()


def unknown_decision() -> NotFoundError:
    return NotFoundError("There is no such decision.", "decision-unknown")


def scheme_of(decision: bytes) -> Scheme:
    return scheme_named(orjson.loads(decision)["scheme"])


def check_supersedes(
    decided: Decided, partner: str, decisions: Mapping[Data, Decisions], registrations: Registrations
) -> None:
    """Check what a new decision supersedes. Raises ConflictError as `deciding.check_superseded`."""
    if decided.supersedes is not None:
        found = find_decision(decided.supersedes, decisions)
        partners = _names_of(partner, found, registrations)
        check_superseded(decided, partners, found, superseding(decided.supersedes, decisions))


def _names_of(partner: str, found: KeptDecision | None, registrations: Registrations) -> Container[str]:
    """The partner and, for a decision of another one, those that the partner has taken over."""
    if found is None or found.partner == partner:
        return (partner,)
    return names_of(partner, registrations) or ()


def superseding(decision_id: str, decisions: Mapping[Data, Decisions]) -> str | None:
    """The id of the decision that supersedes this one."""
    return next((found for kept in decisions.values() if (found := kept.superseded_by(decision_id))), None)


def superseded_in(stored: StoredDecision) -> str | None:
    """The id of the decision that this one supersedes, as its case names it."""
    named: str | None = None if stored.case is None else orjson.loads(stored.case).get("supersedes")
    return named


def replay_decision(stored: StoredDecision, work: Objects, digest_secret: bytes) -> Replay:
    """Decide the stored case again, with the parameters that were used."""
    if stored.case is None:
        return Replay(False, {"case": "no longer kept"})
    used = orjson.loads(stored.decision)["parameters"]["sha256"]
    ships = any(known.sha256 == used for known in stored.scheme.parameter_sets.values())
    kept = None if ships else kept_parameters(stored.scheme, used, work)
    return replay(stored.decision, stored.case, stored.scheme, digest_secret, kept)


def keep_parameters(decision: bytes, scheme: Scheme, work: Objects) -> None:
    """Store the parameter set of a decision the first time that this process uses it."""
    used = orjson.loads(decision)["parameters"]["sha256"]
    if used not in _kept:
        keep_set(next(known for known in scheme.parameter_sets.values() if known.sha256 == used), scheme, work)
        _kept.add(used)


def keep_set(parameters: ParameterSet, scheme: Scheme, work: Objects) -> None:
    """Keep the text of a parameter set under its SHA-256, unless it is kept already."""
    work.put_once(_place(scheme, parameters.sha256), parameters.text.encode())


def kept_parameters(scheme: Scheme, sha256: str, work: Objects) -> str | None:
    """The text of a parameter set that was kept; None if it was not."""
    try:
        return work.get(_place(scheme, sha256)).decode()
    except KeyError:
        return None


def _place(scheme: Scheme, sha256: str) -> str:
    return f"parameters/{scheme.slug}/{sha256}.toml"


def replacements(stored: StoredDecision, decisions: Mapping[Data, Decisions]) -> dict[str, str]:
    """The decision that this one supersedes, and the one that supersedes it, where there is one."""
    found = {"supersedes": superseded_in(stored), "superseded_by": superseding(stored.id, decisions)}
    return {name: other for name, other in found.items() if other is not None}
