"""The parties of an exchange: what each has to be granted, and who brings files for it.

The parties are those of the start. What a party brings is checked against the grants in force when
each file is written, by the intake. From the moment of its registration a successor brings the
files of a party that it has taken over, and the party itself no longer does.
"""

from collections.abc import Collection, Iterator, Mapping

from tegemoet.application.partners.grants import Grants
from tegemoet.application.records import Batch
from tegemoet.domain.problems import Fault, InvalidError, pointer
from tegemoet.schemes.increased_reimbursement import SLUG

OF_INSURERS = ("households", "results")
"""The kinds of file that every insurer brings. A list of entitled persons may come from others."""
OF_TAX_OFFICE = ("incomes-1", "incomes-2")


def require_granted(year: int, insurers: Mapping[str, str], tax_office: str, grants: Grants) -> None:
    """Check that every party may bring its files of the year, and that numbers are keys of theirs.

    Raises InvalidError `party-not-granted`. Each fault is at a party: `party-unknown` (it has no
    registration), `party-has-successor`, `<kind>-not-granted`, `number-not-granted`.
    """
    faults = [*_faults(year, tax_office, OF_TAX_OFFICE, pointer(["tax_office"]), grants)]
    for insurer, number in insurers.items():
        place = pointer(["insurers", insurer])
        found = list(_faults(year, insurer, OF_INSURERS, place, grants))
        faults += found
        if not found and number not in (grants.keys_of(insurer, "insurers") or ()):
            faults.append(Fault(place, "number-not-granted"))
    if faults:
        raise InvalidError("A party may not bring what the exchange needs.", "party-not-granted", tuple(faults))


def _faults(year: int, party: str, kinds: Collection[str], place: str, grants: Grants) -> Iterator[Fault]:
    if grants.registration(party) is None:
        yield Fault(place, "party-unknown")
    elif grants.successor_of(party) is not None:
        yield Fault(place, "party-has-successor")
    else:
        yield from (
            Fault(place, f"{kind}-not-granted") for kind in kinds if not grants.granted(party, SLUG, kind, year)
        )


def represented(batch: Batch, parties: Collection[str], grants: Grants) -> tuple[str, ...]:
    """The parties whose file a batch is: of its partner itself, and those that the partner had
    taken over when the file was written. The partner comes first."""
    owned = (party for party in parties if grants.owner_of(party, batch.written_at) == batch.partner)
    return tuple(sorted(owned, key=lambda party: (party != batch.partner, party)))


def readable(partner: str | None, grants: Grants) -> list[str] | None:
    """The parties whose part a partner reads: its own and those that it has taken over.

    None of them when another partner has taken it over; None (all) where `partner` is None.
    """
    if partner is None:
        return None
    return [name for name in (partner, *grants.predecessors(partner)) if grants.owner_of(name) == partner]
