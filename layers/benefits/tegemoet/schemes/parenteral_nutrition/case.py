"""The case of parenteral nutrition at home, if the patient now needs only bags of electrolytes."""

from dataclasses import dataclass

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Electrolytes:
    """A request of `asked_on` to continue with electrolytes only.

    `consent_until` is the last day of the patient's consent for parenteral nutrition at home; if
    left out, there is none. `specialist_asked`: a specialist used the model form. `bag_in_use`: the
    form names, under the type of bags, the one already used.
    """

    __pydantic_config__ = CLOSED

    asked_on: Day
    consent_until: Day | None = None
    specialist_asked: bool = False
    bag_in_use: bool = False
