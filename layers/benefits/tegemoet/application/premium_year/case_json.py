"""The shape of a person's case in JSON, as a run freezes it.

It is the case of the scheme `convention-premium`, which documents and checks it.
"""

from typing import Literal, NotRequired, TypedDict

from tegemoet.application.records import Phase


class PharmacyCase(TypedDict):
    pharmacy_id: str
    tariff_office: str
    account: bool
    payee: NotRequired[str]
    chosen: NotRequired[bool]


ConventionCase = TypedDict("ConventionCase", {"status": str, "from": str, "until": NotRequired[str]})
PracticeCase = TypedDict(
    "PracticeCase",
    {
        "riziv_number": str,
        "profession": str,
        "specialism": NotRequired[str],
        "number_granted_on": NotRequired[str],
        "training": NotRequired[bool],
        "medical_house_weekly_hours": NotRequired[str],
        "conventions": NotRequired[list[ConventionCase]],
        "activity-s1": NotRequired[dict[str, str]],
        "activity-year": NotRequired[dict[str, str]],
        "pharmacy": NotRequired[PharmacyCase],
        "held": NotRequired[str],
        "year_amount_choice": NotRequired[str],
        "paid_to_another": NotRequired[str],
    },
)


class AccountCase(TypedDict):
    registered_on: str
    iban: str


class PaidCase(TypedDict):
    number: int
    kind: Literal["payment", "return"]
    phase: Phase
    riziv_number: str
    profession: str
    amount: str
    pharmacy_id: NotRequired[str]


class PersonYearCase(TypedDict):
    """The case of the scheme `convention-premium`, as JSON; the scheme documents and checks it."""

    year: int
    phase: Phase
    practices: list[PracticeCase]
    accounts: NotRequired[list[AccountCase]]
    paid: NotRequired[list[PaidCase]]
    paid_as_another: NotRequired[str]
    recovery_settled: NotRequired[bool]
