"""The case of a social status: one care provider in one premium year, with every profession.

Amounts are in EUR, hours are per week, and periods include both ends.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import PydanticCustomError

from tegemoet.schemes.conventions import Convention
from tegemoet.schemes.dated import check_apart
from tegemoet.schemes.fields import CLOSED, Day, Hours, Iban, Money, RizivNumber
from tegemoet.schemes.professions import PhysicianSpecialism

Profession = Literal[
    "physician",
    "pharmacist-biologist",
    "dentist",
    "midwife",
    "nurse",
    "physiotherapist",
    "speech-therapist",
    "pharmacist",
]
Specialism = Literal[PhysicianSpecialism, "forensic-medicine", "neuropsychiatry"]
Recognition = Literal["recognised", "training-plan", "other-training-plan", "without-title", "acquired-rights"]
"""How a provider is recognised.

Both training plans are approved; `training-plan` leads to a number reserved for recognised
providers, `other-training-plan` does not. `without-title` and `acquired-rights` (general
practitioners) are for physicians only.
"""
UNTITLED = ("without-title", "acquired-rights")
"""Physicians whose threshold goes with their recognition: no specialism is asked of them."""
Benefit = Literal["contract", "reserved-retirement-pension", "reserved-survivor-pension"]
"""The requested benefit.

A contribution to insurance contracts, or, for a physician, a pension reserved with the institute.
"""


@dataclass(frozen=True, slots=True)
class Activity:
    """The activity of the premium year, in the measures of the profession.

    A measure that is left out is unknown. `reimbursed` is EUR that the insurance reimbursed,
    without co-payments and supplements. `services` and `key_letter_value` (M of physiotherapists, R
    of speech therapists, V of midwives) are counts; `weekly_hours` is an average. For physicians,
    the premium years before 2020 look at the activity of two years before.
    """

    __pydantic_config__ = CLOSED

    reimbursed: Money | None = None
    services: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    key_letter_value: Money | None = None
    weekly_hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class MedicalHouse:
    """Average hours under a flat rate in a medical house, and the day of their attestation.

    It is the day on which the attestation was added to the request.
    """

    __pydantic_config__ = CLOSED

    weekly_hours: Hours
    attested_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """The threshold of a specialism that the caller supplies because none is published.

    It is the threshold before what 2020 or inactivity lowers. `reduced` defaults to half of `full`
    if that is a whole number of cents; the annex rounds the other halves in both ways.
    """

    __pydantic_config__ = CLOSED

    full: Money
    reduced: Money | None = None

    def __post_init__(self) -> None:
        if self.reduced is not None and self.reduced > self.full:
            raise PydanticCustomError("reduced-above-full", "a reduced threshold is not above the full one")


@dataclass(frozen=True, slots=True)
class Practice:
    """One profession of the provider, under its RIZIV number.

    `specialism` is that of a physician; of a physician without title or with acquired rights none
    is asked, and one that is given does not count. `number_granted_on` is left out if the number is
    older than the years that are asked about; `recognised_since` is the day from which a physician
    has a number reserved for recognised general practitioners or specialists, if it is another one.
    `trainee_on_31_december`: on that day the number was one reserved for general practitioners or
    specialists in training. `inactive_days` are theoretical days of activity, of the 222 of a year,
    that fall in recognised inactivity (illness, birth …). `main_activity` is required of nurses:
    self-employed as their main activity.
    """

    __pydantic_config__ = CLOSED

    riziv_number: RizivNumber
    profession: Profession
    recognition: Recognition
    conventions: Annotated[tuple[Convention, ...], Field(max_length=50)]
    specialism: Specialism | None = None
    number_granted_on: Day | None = None
    recognised_since: Day | None = None
    trainee_on_31_december: bool = False
    activity: Activity = Activity()
    inactive_days: Annotated[int, Field(ge=0, le=222)] = 0
    medical_house: MedicalHouse | None = None
    main_activity: bool | None = None
    threshold: Threshold | None = None

    @property
    def number(self) -> str:
        """The eight digits that never change."""
        return self.riziv_number[:8]

    @property
    def group(self) -> str | None:
        """The row of the annex with the threshold of a physician; None for other professions."""
        return self.recognition if self.recognition in UNTITLED else self.specialism

    def __post_init__(self) -> None:
        physician = self.profession == "physician"
        untitled = self.recognition in UNTITLED
        if physician != (self.specialism is not None) and not (physician and untitled):
            raise PydanticCustomError(
                "specialism-for-physicians", "a physician requires a specialism, and other professions have none"
            )
        if not physician and (untitled or self.trainee_on_31_december or self.recognised_since):
            raise PydanticCustomError("not-for-profession", "only physicians are recognised or in training in this way")
        if self.recognised_since and self.recognition != "recognised":
            raise PydanticCustomError("not-recognised", "only a recognised physician is recognised since a day")
        if self.recognised_since and self.number_granted_on and self.recognised_since < self.number_granted_on:
            raise PydanticCustomError("recognised-before-number", "a number is granted before it is a reserved one")
        if self.medical_house and not physician:
            raise PydanticCustomError("medical-house-for-physicians", "only physicians have hours in a medical house")
        if self.threshold and self.profession not in ("physician", "pharmacist-biologist"):
            raise PydanticCustomError("threshold-of-a-specialism", "only the threshold of a specialism may be supplied")
        check_apart(self.conventions)


@dataclass(frozen=True, slots=True)
class ProviderYear:
    """A care provider in a premium year.

    `contracts` are the days on which the insurance contracts were concluded; if left out, they are
    unknown. `chosen` is the RIZIV number of the profession whose benefit the provider chooses.
    `reserved_before`: a pension was reserved for a year before 2017. `pension_taken_on` is the
    first day of the statutory pension of a provider who stays active, who is paid to `account`.
    """

    __pydantic_config__ = CLOSED

    year: Annotated[int, Field(ge=2000, le=2100)]
    practices: Annotated[tuple[Practice, ...], Field(min_length=1, max_length=8)]
    benefit: Benefit = "contract"
    contracts: Annotated[tuple[Day, ...], Field(max_length=50)] | None = None
    chosen: RizivNumber | None = None
    reserved_before: bool = False
    pension_taken_on: Day | None = None
    account: Iban | None = None

    def __post_init__(self) -> None:
        professions = [p.profession for p in self.practices]
        if len(set(professions)) != len(professions):
            raise PydanticCustomError("profession-given-twice", "each profession may appear only once")
        if self.chosen is not None and self.chosen[:8] not in {p.number for p in self.practices}:
            raise PydanticCustomError("not-a-practice", "the chosen number must belong to one of the practices")
        if self.benefit != "contract" and "physician" not in professions:
            raise PydanticCustomError("pension-for-physicians", "only physicians reserve a pension")
