"""Whose word counts: accounts and identities of partners without authority wait for an operator.

What stood before stands until then. A choice holds for the person and the account, or for the pair
of persons, so that the same row that is delivered again is no new exception.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple

from tegemoet.application.premium_year.ownership import Claim, OfPartner, RankedFact, Row, by_rank, claims_of, hashed
from tegemoet.application.premium_year.payees import account_name
from tegemoet.domain.calendar import second_of
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


class Believed(NamedTuple, Generic[Row]):
    """A row that counts. `authority` = the partner whose word stands by itself; None where nobody's
    does. `question` = the id of the exception by whose choice it counts, if it does not stand.
    """

    fact: RankedFact[Row]
    authority: str | None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """What is believed in a run.

    `trusted` = batches of accounts and identities whose partner is an authority, each with the
    moment (ISO) from which it was; `owner_of` = the successor of a partner; `choices` = id of an
    exception → what an operator chose.
    """

    trusted: Mapping[str, str]
    owner_of: Callable[[str], str]
    choices: Mapping[str, str]

    def accounts(
        self, facts: Iterable[RankedFact[AccountRow]], keys: Sequence[str], numbers: Sequence[str], secret: bytes
    ) -> tuple[list[Believed[AccountRow]], list[YearException]]:
        """The accounts of one person that count, earliest file first, and those that wait.

        `keys` = every key of the person, `numbers` = its RIZIV numbers, `secret` = that of the
        digests. The first authority stands; another authority's account waits as well.
        """
        used, waiting = list[Believed[AccountRow]](), defaultdict[str, list[RankedFact[AccountRow]]](list)
        authority, in_order = self._standing(facts)
        for fact, stands in in_order:
            iban = fact.row["iban"]
            asked = (f"{ACCOUNT}.{name}" for key in keys for name in _names(key, iban, secret))
            question = next((each for each in asked if self.choices.get(each)), "")
            if stands or self.choices.get(question) == USE:
                used.append(Believed(fact, authority, None if stands else question))
            elif not question:
                waiting[iban].append(fact)
        return used, [_account_exception(rows, numbers, bool(used), secret) for rows in waiting.values()]

    def identities(
        self, facts: Iterable[RankedFact[IdentityRow]]
    ) -> tuple[list[Believed[IdentityRow]], list[IdentityClaim]]:
        """The identity rows that count, and those that wait."""
        of_person: dict[tuple[str, ...], list[RankedFact[IdentityRow]]] = defaultdict(list)
        for fact in facts:
            of_person[fact.key].append(fact)
        used, waiting = list[Believed[IdentityRow]](), list[IdentityClaim]()
        for rows in of_person.values():
            authority, in_order = self._standing(rows)
            for fact, stands in in_order:
                row = fact.row
                identity = identity_id(row["old"], row["new"])
                choice = self.choices.get(identity)
                if stands or choice == USE:
                    used.append(Believed(fact, authority, None if stands else identity))
                elif choice is None:
                    waiting.append(
                        IdentityClaim(partner=row["partner"], old=row["old"], new=row["new"], batch=fact.batch)
                    )
        return used, waiting

    def _standing(self, facts: Iterable[RankedFact[Row]]) -> tuple[str | None, list[tuple[RankedFact[Row], bool]]]:
        """The authority that stands for one person, and each fact with whether it is of it.

        That is the one whose word counted first: a partner that becomes an authority later does not
        replace it, however early its file came.
        """
        in_order = by_rank(facts)
        trusted = [fact for fact in in_order if fact.batch in self.trusted]
        standing = min(trusted, key=lambda fact: second_of(self.trusted[fact.batch]), default=None)
        first = None if standing is None else standing.row["partner"]
        owner = None if first is None else self.owner_of(first)
        return first, [(f, f.batch in self.trusted and self.owner_of(f.row["partner"]) == owner) for f in in_order]


def identity_id(old: str, new: str) -> str:
    """The id of the question whether the second person key replaced the first."""
    return f"{IDENTITY}.{hashed(old, new)}"


def _names(person: str, iban: str, secret: bytes) -> tuple[str, str]:
    """The name of an account of a person in the id of a question, and that of earlier versions.

    No partner can search for an account with a name of earlier versions, because none knows the
    key of the person.
    """
    return account_name((person, iban), secret), hashed(person, iban)


def _account_exception(
    rows: Sequence[RankedFact[AccountRow]], numbers: Sequence[str], stands: bool, secret: bytes
) -> YearException:
    facts = {
        "riziv_numbers": list(numbers),
        "claims": claims_of(rows),
        "registered_on": sorted({fact.row["registered_on"] for fact in rows}),
        "another_account_stands": stands,
    }
    first = rows[0].row
    return YearException.about(ACCOUNT, account_name((first["person"], first["iban"]), secret), facts)


def identity_exception(rows: Sequence[IdentityClaim], numbers: Sequence[str]) -> YearException:
    """The exception of the rows of one pair; `numbers` = RIZIV numbers of either person."""
    claims = [Claim(partner=row["partner"], batch=row["batch"]) for row in rows]
    facts = {"riziv_numbers": list(numbers), "claims": claims}
    return YearException.about(IDENTITY, hashed(rows[0]["old"], rows[0]["new"]), facts)
