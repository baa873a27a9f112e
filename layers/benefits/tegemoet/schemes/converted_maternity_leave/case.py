"""The case of a converted maternity leave: the mother, her remaining rest, and the claimant.

It contains no identity number, because none is needed to decide. Amounts are in EUR, days are
calendar days, and periods include both ends. Insurance and pay are the claimant's, in the form of a
maternity rest.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import check_apart
from tegemoet.schemes.fields import CLOSED, Day
from tegemoet.schemes.maternity_rest.case import Covered, Past, Pay, WageCeiling
from tegemoet.schemes.maternity_rest.insurability import Insurability, Quality

Rank = Literal["parent", "spouse", "legal-cohabitant", "cohabitant"]
"""The claimants, in order of priority.

The father or co-mother whose descent is established; if there is none, the mother's spouse, legal
cohabitant or cohabitant of three years.
"""


@dataclass(frozen=True, slots=True)
class Mother:
    """What happened to the mother.

    `on` is the day of her death or of her admission; `until` is her last day in hospital.
    `days_used` are days of her rest up to and including that of her death, or up to the eve of her
    admission. `days_left` are days of rest after birth, her extensions included, that she had not
    taken by then. `insured`: as a beneficiary of the employees' insurance, or as a statutory civil
    servant whose `statute_grants` such leave; it is left out if unknown. `end_certified`: the proof
    of the end of her stay was received.
    """

    __pydantic_config__ = CLOSED

    event: Literal["death", "hospital"]
    on: Day
    days_used: Annotated[int, Field(ge=0, le=400)]
    days_left: Annotated[int, Field(ge=0, le=400)]
    until: Day | None = None
    insured: Literal["beneficiary", "statutory-civil-servant", "neither"] | None = None
    statute_grants: bool | None = None
    end_certified: bool = False

    def __post_init__(self) -> None:
        if self.event == "death" and self.until is not None:
            raise PydanticCustomError("until-of-hospital", "only a stay in hospital has a last day")
        if self.until is not None and self.until < self.on:
            raise PydanticCustomError("until-before-from", "a period ends before it begins")


@dataclass(frozen=True, slots=True)
class Relation:
    """The relation of the claimant to mother and child.

    `proven`: the descent, the marriage at the birth or the legal cohabitation is proven.
    `declared`: the word of honour of a claimant without descent. `related`: kinship with the mother
    that prevents marriage. `together_since`: the first day of a lasting and affectionate life
    together without a break. `higher_rank`: there is a person of a higher rank. What is left out is
    unknown.
    """

    __pydantic_config__ = CLOSED

    rank: Rank
    proven: bool | None = None
    declared: bool = False
    child_lives_there: bool | None = None
    related: bool | None = None
    together_since: Day | None = None
    higher_rank: bool | None = None


@dataclass(frozen=True, slots=True)
class ConvertedLeaveCase:
    """One converted maternity leave.

    `births` are the days of birth of all children. `child_home_on` is the day on which a newborn
    left hospital (a child born at home: its birth); it is left out while the child is there.
    `hospital_statement`: the institution's statement of 13.3 was received. `first_day` and `days`
    are what is requested; if left out, everything available. `history` are earlier spells of
    recognised incapacity. `birth_leave_taken` is the number of days of birth leave already taken.
    """

    __pydantic_config__ = CLOSED

    requested_on: Day
    births: Annotated[tuple[Day, ...], Field(min_length=1, max_length=10)]
    mother: Mother
    relation: Relation
    quality: Quality
    insurability: Insurability
    pay: Pay
    child_home_on: Day | None = None
    hospital_statement: bool = False
    first_day: Day | None = None
    days: Annotated[int | None, Field(ge=1, le=400)] = None
    history: Annotated[tuple[Past, ...], Field(max_length=100)] = ()
    covered: Annotated[tuple[Covered, ...], Field(max_length=400)] = ()
    wage_ceilings: Annotated[tuple[WageCeiling, ...], Field(max_length=24)] = ()
    birth_leave_taken: Annotated[int, Field(ge=0, le=20)] = 0
    stays_abroad: bool = False
    resumption_declared: bool = False

    def __post_init__(self) -> None:
        if self.quality.kind == "resting-since-fifth-month":
            raise PydanticCustomError("quality-of-mothers", "a pregnancy gives no claimant a quality")
        if any(past.kind != "incapacity" for past in self.history):
            raise PydanticCustomError(
                "history-of-incapacity", "only spells of incapacity count before a converted leave"
            )
        check_apart(self.history)
        check_apart(self.covered)
        check_apart(self.wage_ceilings)
