"""The case of parenteral nutrition at home, if the patient now needs only bags of electrolytes."""

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Electrolytes:
    """A request of `asked_on` to continue with electrolytes only.

    `has_consent`: the patient has a consent for parenteral nutrition at home on that day;
    `consent_until`: the last day of it, or of an earlier one, which alone says so too.
    `specialist_asked`: a specialist used the model form. `bag_in_use`: the form names, under the
    type of bags, the one already used.
    """

    __pydantic_config__ = CLOSED

    asked_on: Day
    has_consent: bool | None = None
    consent_until: Day | None = None
    specialist_asked: bool = False
    bag_in_use: bool = False

    def __post_init__(self) -> None:
        if self.has_consent is None or self.consent_until is None:
            return
        if self.has_consent != (self.asked_on <= self.consent_until):
            raise PydanticCustomError("consent-contradicted", "the last day of the consent says otherwise")
