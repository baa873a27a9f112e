"""The case of a locum's software licence: which package, how it will be used, for which days."""

from dataclasses import dataclass
from typing import Literal

from tegemoet.schemes.dated import Dated
from tegemoet.schemes.fields import CLOSED

Package = Literal["careconnect", "healthone", "daktari", "nexuzhealth-pro", "medispring"]
Use = Literal["take-over", "own-licence", "temporary-access"]
"""Take over the replaced doctor's licence, have one's own, or get access for some weeks."""


@dataclass(frozen=True, slots=True)
class LicenceCase(Dated):
    """A licence for the days `first` … `last`.

    `supplier_told`: the supplier (Medispring) received period, name and reason. `paid_by` is the
    doctor who pays, as both agreed. `replaced_trainee`: the replaced doctor is a trainee, with or
    without a paying account.
    """

    __pydantic_config__ = CLOSED

    package: Package
    use: Use
    supplier_told: bool = False
    paid_by: Literal["replaced", "locum"] | None = None
    replaced_trainee: Literal["paying-account", "no-paying-account"] | None = None
