"""Registering a partner: each registration is a new version, and nothing is ever changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tegemoet.application.partners.grants import Grants
from tegemoet.application.partners.profiles import KeyScope, Profile, known_kinds, profiles
from tegemoet.application.ports import Clock, People, Registrations
from tegemoet.application.records import OPERATORS, Authority, GrantedKind, Person, Registration
from tegemoet.domain.identity import holds_insz
from tegemoet.domain.problems import ConflictError, Fault, InvalidError, NotFoundError

_FORMS: Mapping[KeyScope, re.Pattern[str]] = {
    "tariff-offices": re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII),
    "insurers": re.compile(r"[0-9]{3}", re.ASCII),
}
"""What a key looks like."""


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """What a partner may bring from now on; it replaces what the version before allowed.

    `grants` and `authority` are those of the profile where they are None. Grants of the profile and
    authority hold from the premium year `from_year` on.
    """

    profile: str
    from_year: int
    answerable: tuple[str, ...]
    grants: tuple[GrantedKind, ...] | None = None
    authority: frozenset[Authority] | None = None
    keys: tuple[str, ...] = ()
    predecessor: str | None = None


def register(
    partner: str, request: RegistrationRequest, *, by: Person, registrations: Registrations, clock: Clock
) -> Registration:
    """Store a version of the partner's registration and return it.

    A grant that the version before had and this one has not is withdrawn. Repeating the last
    registration changes nothing. Raises InvalidError `profile-unknown`, `kind-unknown`,
    `answerable-missing`, `keys-missing`, `keys-not-for-profile`, `key-invalid`,
    `predecessor-unknown`, `predecessor-is-successor`, `name-holds-identity-number`; ConflictError
    `key-taken`, `predecessor-taken`, `registered-meanwhile`.
    """
    if holds_insz(partner):
        raise _invalid("The name contains an identity number.", [Fault("/path/partner", "name-holds-identity-number")])
    known = registrations.all()
    grants = Grants(known)
    profile = _profile(request)
    _check_predecessor(partner, request.predecessor, grants)
    _check_keys(partner, request, profile, grants)
    before = grants.registration(partner)
    at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    authority = profile.authority if request.authority is None else request.authority
    first_years = dict.fromkeys(authority, request.from_year)
    made = Registration(
        partner=partner,
        number=before.number + 1 if before else 1,
        profile=profile.name,
        grants=_grants(request, profile, before, at),
        keys=tuple(sorted(set(request.keys))),
        accounts_from=first_years.get("accounts"),
        identities_from=first_years.get("identities"),
        answerable=tuple(sorted(set(request.answerable))),
        predecessor=request.predecessor,
        at=at,
        by=by,
    )
    if before is not None and made == replace(before, number=made.number, at=at):
        return before
    if not registrations.append(made, len(known)):
        raise ConflictError("Somebody else registered a partner at the same time.", "registered-meanwhile")
    return made


def require_accounts(partner: str, answerable: Sequence[str], people: People, registrations: Registrations) -> None:
    """Require that who answers for the partner has an account: a name that nobody has bars nobody.

    Persons of the registration before may have lost theirs. Raises InvalidError
    `answerable-unknown`.
    """
    before = Grants(registrations.all()).registration(partner)
    known = () if before is None else before.answerable
    unknown = [
        Fault(f"/answerable/{place}", "answerable-unknown")
        for place, subject in enumerate(answerable)
        if subject not in known and people.person(subject) is None
    ]
    if unknown:
        raise _invalid("A person who answers for the partner has no account.", unknown)


def require_partner(partner: str, registrations: Registrations) -> Grants:
    """Every registration, where the partner has one. Raises NotFoundError `partner-unknown`."""
    grants = Grants(registrations.all())
    if grants.registration(partner) is None:
        raise NotFoundError("There is no such partner.", "partner-unknown")
    return grants


def _profile(request: RegistrationRequest) -> Profile:
    profile = profiles().get(request.profile)
    if profile is None:
        raise _invalid("There is no such profile.", [Fault("/profile", "profile-unknown")])
    if not request.answerable:
        raise _invalid("Nobody answers for the partner.", [Fault("/answerable", "answerable-missing")])
    unknown = [
        Fault(f"/grants/{place}", "kind-unknown")
        for place, grant in enumerate(request.grants or ())
        if (grant.scheme, grant.kind) not in known_kinds()
    ]
    if unknown:
        raise _invalid("A scheme has no such kind of file.", unknown)
    return profile


def _check_keys(partner: str, request: RegistrationRequest, profile: Profile, grants: Grants) -> None:
    """Check the keys. Those of whoever the partner takes over are its own by this registration."""
    given, inherits = request.keys, request.predecessor is not None or bool(grants.predecessors(partner))
    if profile.keys is None:
        if given:
            raise _invalid("A partner of this profile has no keys.", [Fault("/keys", "keys-not-for-profile")])
        return
    if not given and not inherits:
        raise _invalid("A partner of this profile has keys.", [Fault("/keys", "keys-missing")])
    form = _FORMS[profile.keys]
    wrong = [
        Fault(f"/keys/{place}", "key-invalid")
        for place, key in enumerate(given)
        if not form.fullmatch(key) or holds_insz(key)
    ]
    if wrong:
        raise _invalid("A key does not have the form of its profile.", wrong)
    ours = (partner, request.predecessor)
    others = [other for other in grants.partners if grants.owner_of(other) not in ours]
    owned = frozenset[str]().union(*(grants.keys_of(other, profile.keys) or () for other in others))
    taken = [Fault(f"/keys/{place}", "key-taken") for place, key in enumerate(given) if key in owned]
    if taken:
        raise ConflictError("Another partner has one of the keys.", "key-taken", tuple(taken))


def _check_predecessor(partner: str, predecessor: str | None, grants: Grants) -> None:
    if predecessor is None:
        return
    # whoever takes over the operators would stop them for ever, and read what they sent
    if predecessor in (partner, OPERATORS) or grants.registration(predecessor) is None:
        raise _invalid("There is no such predecessor.", [Fault("/predecessor", "predecessor-unknown")])
    if predecessor in grants.successors(partner):
        raise _invalid("The predecessor is a successor.", [Fault("/predecessor", "predecessor-is-successor")])
    if grants.successor_of(predecessor) not in (None, partner):
        raise ConflictError("The predecessor has another successor.", "predecessor-taken")


def _grants(
    request: RegistrationRequest, profile: Profile, before: Registration | None, at: str
) -> tuple[GrantedKind, ...]:
    """The grants of the new version: those asked for, and the earlier ones that it ends."""
    kinds = (GrantedKind(scheme, kind, request.from_year) for scheme, kind in profile.kinds)
    asked = set(kinds if request.grants is None else request.grants)
    earlier = () if before is None else before.grants
    ended = {
        grant if grant.withdrawn_at is not None else replace(grant, withdrawn_at=at)
        for grant in earlier
        if grant not in asked
    }
    return tuple(
        sorted(asked | ended, key=lambda grant: (grant.scheme, grant.kind, grant.from_year, grant.withdrawn_at or ""))
    )


def _invalid(detail: str, faults: list[Fault]) -> InvalidError:
    return InvalidError(detail, faults[0].code, tuple(faults))
