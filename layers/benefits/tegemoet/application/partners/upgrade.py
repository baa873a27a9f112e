"""Registering who was there before: partners that delivered files, and persons in groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from tegemoet.application.partners.profiles import Profile, profiles
from tegemoet.application.partners.registering import RegistrationRequest
from tegemoet.application.partners.roles import CASE_WORKER
from tegemoet.application.ports import RolesRegister
from tegemoet.application.records import AUTHORITIES, Account, Authority, Batch, GrantedKind, Person, PersonRole

PREMIUM = "convention-premium"
_Delivered = Mapping[tuple[str, str], int]
"""(scheme, kind) → the first year of which a partner delivered files."""


def known_partners(
    batches: Iterable[Batch],
    offices: Mapping[str, Collection[str]],
    insurers: Mapping[str, Collection[str]],
    answerable: tuple[str, ...],
) -> Iterator[tuple[str, RegistrationRequest]]:
    """What each partner with a complete batch is to be registered for, by name.

    `offices` and `insurers` = partner → its tariff offices and its numbers. A partner has the first
    profile that covers what it delivered, or else exactly the kinds that it delivered. It is an
    authority where nobody else delivered accounts, or identities: where several did, a registrar
    has to say whose word counts.
    """
    delivered: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for batch in batches:
        if batch.state == "done":
            kinds, year = delivered[batch.partner], batch.year or int(batch.written_at[:4])
            kinds[batch.scheme, batch.kind] = min(year, kinds.get((batch.scheme, batch.kind), year))
    for partner, kinds in sorted(delivered.items()):
        alone = {on for on in AUTHORITIES if _brought_by(on, delivered) == [partner]}
        keys = {"tariff-offices": offices.get(partner, ()), "insurers": insurers.get(partner, ())}
        profile = next((each for each in _in_order() if _covers(each, kinds, keys)), None)
        yield (
            partner,
            RegistrationRequest(
                "operator" if profile is None else profile.name,
                min(kinds.values()),
                answerable,
                None if profile else tuple(GrantedKind(*kind, first) for kind, first in sorted(kinds.items())),
                frozenset(alone),
                tuple(sorted(keys[profile.keys])) if profile and profile.keys else (),
            ),
        )


def known_roles(
    members: Mapping[PersonRole, Iterable[Account]], roles: RolesRegister
) -> Iterator[tuple[Person, frozenset[PersonRole]]]:
    """Persons in groups of the user pool who are not in the register, with the roles of the groups.

    A case worker is left out, because the user pool does not know the partner.
    """
    held: dict[Person, set[PersonRole]] = defaultdict(set)
    for role, accounts in members.items():
        if role != CASE_WORKER:
            for account in accounts:
                held[account.person].add(role)
    for person, found in sorted(held.items(), key=lambda item: item[0].subject):
        if roles.latest(person.subject) is None:
            yield person, frozenset(found)


def _in_order() -> list[Profile]:
    """Every profile but that of operators, the one with the fewest kinds first."""
    named = [profile for profile in profiles().values() if profile.kinds and profile.name != "operator"]
    return sorted(named, key=lambda profile: len(profile.kinds))


def _covers(profile: Profile, kinds: _Delivered, keys: Mapping[str, Collection[str]]) -> bool:
    return set(kinds) <= set(profile.kinds) and (profile.keys is None or bool(keys[profile.keys]))


def _brought_by(on: Authority, delivered: Mapping[str, _Delivered]) -> list[str]:
    return [partner for partner, kinds in delivered.items() if (PREMIUM, on) in kinds]
