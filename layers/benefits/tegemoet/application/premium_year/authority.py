"""Whose word counts: accounts and identities of partners without authority wait for an operator.

What stood before stands until then. A choice holds for the person and the account, or for the pair
of persons, so that the same row that is delivered again is no new exception.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tegemoet.application.premium_year.ownership import Claim, OfPartner, RankedFact, Row, by_rank, claims_of, hashed
from tegemoet.domain.manual_review import ExceptionKind, YearException

USE, LEAVE = "use-it", "leave-it"
USE_OR_LEAVE = (USE, LEAVE)
ACCOUNT: ExceptionKind = "account-of-another-partner"
IDENTITY: ExceptionKind = "identity-of-another-partner"


class AccountRow(OfPartner):
    """A row of an `accounts` file; `person` in the place of the identity number."""

    person: str
    registered_on: str
    holder: str
    iban: str
    language: str | None


class IdentityRow(OfPartner):
    """A row of an `identities` file: one person key replaced another."""

    old: str
    new: str


class IdentityClaim(OfPartner):
    """An identity row that waits for an operator."""

    old: str
    new: str
    batch: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What is believed in a run.

    `trusted` = batches of accounts and identities whose partner is an authority; `owner_of` = the
    successor of a partner; `choices` = id of an exception → what an operator chose.
    """

    trusted: Collection[str]
    owner_of: Callable[[str], str]
    choices: Mapping[str, str]

    def accounts(
        self, facts: Iterable[RankedFact[AccountRow]], keys: Sequence[str], numbers: Sequence[str]
    ) -> tuple[list[RankedFact[AccountRow]], list[YearException]]:
        """The accounts of one person that count, earliest file first, and those that wait.

        `keys` = every key of the person, `numbers` = its RIZIV numbers. The first authority stands;
        another authority's account waits as well.
        """
        used, waiting = list[RankedFact[AccountRow]](), defaultdict[str, list[RankedFact[AccountRow]]](list)
        for fact, stands in self._standing(facts):
            iban = fact.row["iban"]
            choice = next((made for key in keys if (made := self.choices.get(account_id(key, iban)))), None)
            if stands or choice == USE:
                used.append(fact)
            elif choice is None:
                waiting[iban].append(fact)
        return used, [_account_exception(rows, numbers, bool(used)) for rows in waiting.values()]

    def identities(
        self, facts: Iterable[RankedFact[IdentityRow]]
    ) -> tuple[list[RankedFact[IdentityRow]], list[IdentityClaim]]:
        """The identity rows that count, and those that wait."""
        of_person: dict[tuple[str, ...], list[RankedFact[IdentityRow]]] = defaultdict(list)
        for fact in facts:
            of_person[fact.key].append(fact)
        used, waiting = list[RankedFact[IdentityRow]](), dict[str, IdentityClaim]()
        for rows in of_person.values():
            for fact, stands in self._standing(rows):
                row = fact.row
                identity = identity_id(row["old"], row["new"])
                choice = self.choices.get(identity)
                if stands or choice == USE:
                    used.append(fact)
                elif choice is None:
                    claim = IdentityClaim(partner=row["partner"], old=row["old"], new=row["new"], batch=fact.batch)
                    waiting.setdefault(identity, claim)
        return used, list(waiting.values())

    def _standing(self, facts: Iterable[RankedFact[Row]]) -> list[tuple[RankedFact[Row], bool]]:
        """Each fact of one person, and whether it is of the authority that stands."""
        in_order = by_rank(facts)
        first = next((fact for fact in in_order if fact.batch in self.trusted), None)
        owner = None if first is None else self.owner_of(first.row["partner"])
        return [(f, f.batch in self.trusted and self.owner_of(f.row["partner"]) == owner) for f in in_order]


def account_id(person: str, iban: str) -> str:
    """The id of the question whether the account of the person counts."""
    return f"{ACCOUNT}.{hashed(person, iban)}"


def identity_id(old: str, new: str) -> str:
    """The id of the question whether the second person key replaced the first."""
    return f"{IDENTITY}.{hashed(old, new)}"


def _account_exception(rows: Sequence[RankedFact[AccountRow]], numbers: Sequence[str], stands: bool) -> YearException:
    facts = {
        "riziv_numbers": list(numbers),
        "claims": claims_of(rows),
        "registered_on": sorted({fact.row["registered_on"] for fact in rows}),
        "another_account_stands": stands,
    }
    return YearException.about(ACCOUNT, hashed(rows[0].row["person"], rows[0].row["iban"]), facts)


def identity_exception(claim: IdentityClaim, numbers: Sequence[str]) -> YearException:
    """The exception of an identity row; `numbers` = RIZIV numbers of either person."""
    claims = [Claim(partner=claim["partner"], batch=claim["batch"])]
    facts = {"riziv_numbers": list(numbers), "claims": claims}
    return YearException.about(IDENTITY, hashed(claim["old"], claim["new"]), facts)
