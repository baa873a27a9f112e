"""The case of a locum's checklist: one replacement, and which of its duties are done.

Amounts are in EUR per year.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.dated import Dated
from tegemoet.schemes.fields import CLOSED, Money

Duty = Literal[
    "order-registration",
    "liability-insurance",
    "income-insurance",
    "enterprise-number",
    "home-address-at-social-fund",
    "model-agreement",
    "practice-questions",
    "location-in-myriziv",
    "software-supplier-told",
    "appointments-supplier-told",
    "laboratory-told",
    "other-services-told",
    "own-stamp",
    "replaced-doctor-on-letters",
    "duty-roster",
    "availability-agreed",
    "local-peer-group",
    "practice-premium-asked",
    "ehealth-certificate-removed",
    "hector-link-stopped",
    "billing-exported",
    "expense-note-sent",
    "records-kept",
]


@dataclass(frozen=True, slots=True)
class Checklist(Dated):
    """The duties that are `done` for a replacement on the days `first` … `last`.

    `peer_group_sessions` are the sessions followed this year. `accredited`: accreditation is wanted
    or held. `self_employed` determines which duties apply. `acts_in_name_of_replaced`:
    prescriptions do not bear the locum's own name. `other_job`: the locum has another job;
    `net_income` is then that of the year. What is left out is not known.
    """

    __pydantic_config__ = CLOSED

    done: Annotated[tuple[Duty, ...], Field(max_length=40)] = ()
    accredited: bool = True
    peer_group_sessions: Annotated[int | None, Field(ge=0, le=100)] = None
    self_employed: bool = True
    acts_in_name_of_replaced: bool | None = None
    other_job: bool = False
    net_income: Money | None = None

    def __post_init__(self) -> None:
        Dated.__post_init__(self)
        if len(set(self.done)) != len(self.done):
            raise PydanticCustomError("given-twice", "a duty is given twice")
