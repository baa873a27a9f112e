"""The case of parenteral nutrition at home of which the patient only needs bags of electrolytes any more."""

from dataclasses import dataclass

from tegemoet.schemes.fields import CLOSED, Day


@dataclass(frozen=True, slots=True)
class Electrolytes:
    """A request of `asked_on` to go on with electrolytes alone.

    `consent_until` = last day of the consent that the patient has for parenteral nutrition at home; left out = there is none.
    `specialist_asked` = a specialist used the model form; `bag_in_use` = under the type of bags it names the one already used.
    """

    __pydantic_config__ = CLOSED

    asked_on: Day
    consent_until: Day | None = None
    specialist_asked: bool = False
    bag_in_use: bool = False
