"""What registrations allow: the kinds and keys of a partner, authority, and who owns a key."""

from collections import defaultdict
from collections.abc import Iterable

from tegemoet.application.partners.profiles import KeyScope, scope_of
from tegemoet.application.ports import Registrations
from tegemoet.application.records import Authority, Registration
from tegemoet.domain.calendar import second_of
from tegemoet.domain.problems import NotGrantedError


class Grants:
    """What every partner may bring, by its registrations.

    A moment is ISO in UTC, to the second at least; without one, the last version holds. A partner
    without a registration may bring nothing, and so may one that has a successor.
    """

    def __init__(self, registrations: Iterable[Registration]) -> None:
        self._versions: dict[str, list[Registration]] = defaultdict(list)
        self._successors: dict[str, Registration] = {}
        for registration in sorted(registrations, key=lambda each: (each.partner, each.number)):
            self._versions[registration.partner].append(registration)
            if registration.predecessor is not None:
                self._successors.setdefault(registration.predecessor, registration)

    @property
    def partners(self) -> list[str]:
        """Every registered partner, in order of name."""
        return sorted(self._versions)

    def versions(self, partner: str) -> list[Registration]:
        """Every version, the first one first."""
        return list(self._versions.get(partner, ()))

    def registration(self, partner: str, at: str | None = None) -> Registration | None:
        """The version that held at that moment."""
        held = [version for version in self._versions.get(partner, ()) if _began(version, at)]
        return held[-1] if held else None

    # --- what it may bring

    def granted(self, partner: str, scheme: str, kind: str, year: int | None, at: str | None = None) -> bool:
        """Whether the partner may bring files of that kind, and year where they have one."""
        registration = self.registration(partner, at)
        if registration is None or self.successor_of(partner, at) is not None:
            return False
        return any(
            (grant.scheme, grant.kind) == (scheme, kind)
            and grant.withdrawn_at is None
            and (year is None or grant.from_year <= year)
            for grant in registration.grants
        )

    def keys_of(self, partner: str, scope: KeyScope | None, at: str | None = None) -> frozenset[str] | None:
        """The keys of that scope whose rows the partner may bring; None where it may bring any.

        Those of its predecessors are among them.
        """
        registration = self.registration(partner, at)
        if scope is None or registration is None or scope_of(registration.profile) != scope:
            return None
        owned = (self.registration(name, at) for name in (partner, *self.predecessors(partner, at)))
        return frozenset(key for each in owned if each is not None for key in each.keys)

    # --- whose word counts

    def authority_since(self, partner: str, year: int, on: Authority, written_at: str) -> str | None:
        """The moment (ISO) from which rows that the partner wrote then are facts of the year.

        None where they are not. They are where the partner was an authority when they were written,
        from that moment: what was brought before an authority ended stays a fact. Otherwise they
        are where it is one now, from the first moment after they were written when it was one.
        """

        def is_authority(held: Registration | None) -> bool:
            first = held.authority_from(on) if held is not None else None
            return first is not None and first <= year

        if is_authority(self.registration(partner, written_at)):
            return written_at
        if not is_authority(self.registration(partner)):
            return None
        later = (version for version in self.versions(partner) if not _began(version, written_at))
        return next(version.at for version in later if is_authority(version))

    def successor_of(self, partner: str, at: str | None = None) -> str | None:
        """The partner that named this one as its predecessor."""
        successor = self._successors.get(partner)
        return successor.partner if successor is not None and _began(successor, at) else None

    def owner_of(self, partner: str, at: str | None = None) -> str:
        """The partner that owns the keys of `partner`: its last successor, or itself."""
        return [partner, *self.successors(partner, at)][-1]

    def successors(self, partner: str, at: str | None = None) -> list[str]:
        """The successor of the partner, the successor of that one, and so on."""
        chain: list[str] = []
        successor = self.successor_of(partner, at)
        while successor is not None and successor not in (partner, *chain):
            chain.append(successor)
            successor = self.successor_of(successor, at)
        return chain

    def predecessors(self, partner: str, at: str | None = None) -> list[str]:
        """Every partner whose keys the partner owns, those of its predecessors included."""
        return sorted(each for each in self._successors if partner in self.successors(each, at))

    # --- who may not approve

    def involved(self, partners: Iterable[str]) -> frozenset[str]:
        """Subjects of the persons who registered, granted or answer for one of these partners.

        Those of their successors are among them, because a successor owns what they brought.
        """
        names = {name for partner in partners for name in (partner, *self.successors(partner))}
        versions = [version for name in names for version in self._versions.get(name, ())]
        return frozenset(subject for version in versions for subject in (version.by.subject, *version.answerable))


def require_granted(partner: str, scheme: str, kind: str, year: int | None, registrations: Registrations) -> None:
    """Raises NotGrantedError unless the partner may bring files of that kind now."""
    if not Grants(registrations.all()).granted(partner, scheme, kind, year):
        raise NotGrantedError


def names_of(partner: str | None, registrations: Registrations) -> list[str] | None:
    """The partner and every one that it has taken over; None (everybody) where it is None."""
    if partner is None:
        return None
    return [partner, *Grants(registrations.all()).predecessors(partner)]


def _began(registration: Registration, at: str | None) -> bool:
    """Whether the version held at that moment."""
    return at is None or second_of(registration.at) <= second_of(at)
