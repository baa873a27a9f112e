"""The case of a convention premium: one person in one premium year.

It holds every practice, account and earlier payment of the person. A run freezes this case for
each person; a partner may send one to see the decision. Both go through the same rules. Amounts
are in EUR, hours are per week, and a period includes both ends.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.conventions import Convention
from tegemoet.schemes.dated import check_apart
from tegemoet.schemes.fields import CLOSED, Day, Hours, Iban, Label, Money, RizivNumber
from tegemoet.schemes.professions import SPECIALISMS, Profession

Hold = Literal["identity-conflict", "key-of-another-partner", "office-account-changed", "pharmacy-id-changed"]
"""The reason for which a practice is not paid until manual review."""
YearAmountChoice = Literal["year-as-delivered", "first-semester-counts"]
"""An operator's answer to a year amount that is missing or below that of the first semester."""


@dataclass(frozen=True, slots=True)
class Activity:
    """EUR of services charged to the insurance, per setting; None = no amount was delivered."""

    __pydantic_config__ = CLOSED

    ambulatory: Money | None = None
    day_hospital: Annotated[Money | None, Field(alias="day-hospital")] = None
    inpatient: Money | None = None


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """The pharmacy of a titular and whether its tariff office has an account.

    `payee` is the number (eight digits) that receives its premium; None = this titular. `chosen`
    is an operator's answer for a titular of several pharmacies: whether this one is paid.
    """

    __pydantic_config__ = CLOSED

    pharmacy_id: Label
    tariff_office: Label
    account: bool
    payee: RizivNumber | None = None
    chosen: bool | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """One RIZIV number with one profession and specialism.

    `paid_to_another` is what was already paid on this number to another person, in EUR.
    """

    __pydantic_config__ = CLOSED

    riziv_number: RizivNumber
    profession: Profession
    specialism: str | None = None
    number_granted_on: Day | None = None
    training: bool = False
    medical_house_weekly_hours: Hours | None = None
    conventions: tuple[Convention, ...] = ()
    activity_s1: Annotated[Activity, Field(alias="activity-s1")] = Activity()
    activity_year: Annotated[Activity, Field(alias="activity-year")] = Activity()
    pharmacy: Pharmacy | None = None
    held: Hold | None = None
    year_amount_choice: YearAmountChoice | None = None
    paid_to_another: Money | None = None

    @property
    def number(self) -> str:
        """The first eight digits of the RIZIV number, which never change."""
        return self.riziv_number[:8]

    def __post_init__(self) -> None:
        if self.specialism not in SPECIALISMS.get(self.profession, (None,)):
            raise PydanticCustomError("specialism-unknown", "not a specialism of this profession")
        if self.training and self.profession not in SPECIALISMS:
            raise PydanticCustomError("training-not-for-profession", "only physicians and dentists are in training")
        if (self.pharmacy is None) == (self.profession == "pharmacist"):
            raise PydanticCustomError(
                "pharmacy-for-pharmacists", "a pharmacist requires a pharmacy, and other professions have none"
            )
        check_apart(self.conventions)


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of the person and the day on which it was registered."""

    __pydantic_config__ = CLOSED

    registered_on: Day
    iban: Iban


@dataclass(frozen=True, slots=True)
class Paid:
    """An entry of the ledger: EUR paid, or returned, in a phase, booked under a practice."""

    __pydantic_config__ = CLOSED

    number: Annotated[int, Field(ge=1, le=999_999)]
    kind: Literal["payment", "return"]
    phase: Annotated[int, Field(ge=1, le=2)]
    riziv_number: RizivNumber
    profession: Profession
    amount: Money
    pharmacy_id: Label | None = None


@dataclass(frozen=True, slots=True)
class PersonYear:
    """A person in a premium year, and the phase that is decided.

    `paid_as_another` is what was paid on the person's numbers under a key that was taken for the
    person's then and is not now, in EUR. It is not paid again, and not recovered from this person.
    """

    __pydantic_config__ = CLOSED

    year: Annotated[int, Field(ge=2000, le=2100)]
    phase: Annotated[int, Field(ge=1, le=2)]
    practices: Annotated[tuple[Practice, ...], Field(min_length=1, max_length=100)]
    accounts: tuple[Account, ...] = ()
    paid: tuple[Paid, ...] = ()
    paid_as_another: Money | None = None
    recovery_settled: bool = False

    def __post_init__(self) -> None:
        if self.paid and sum(e.amount if e.kind == "payment" else -e.amount for e in self.paid) < 0:
            raise PydanticCustomError("more-returned-than-paid", "more came back than was paid")
