"""The case of contraceptives: what was delivered, and what is known of the woman.

It contains no name and no identity number.
"""

from dataclasses import dataclass
from typing import Literal

from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Delivery:
    """A contraceptive that was delivered on `delivered_on`.

    `on_list`: the product is on the list of the royal decree of 16 September 2013.
    `increased_reimbursement`: the woman has increased reimbursement on that day. A fact that is
    left out is not known.
    """

    __pydantic_config__ = CLOSED

    delivered_on: Day
    product: Literal["contraceptive", "morning-after-pill"]
    on_list: bool | None = None
    birth_date: Day | None = None
    increased_reimbursement: bool | None = None

    def __post_init__(self) -> None:
        if self.birth_date is not None and self.birth_date > self.delivered_on:
            raise PydanticCustomError("born-after-delivery", "the birth lies before the delivery")
