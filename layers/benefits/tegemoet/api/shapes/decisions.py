"""Bodies of decisions and of what is derived from them."""

from typing import Annotated, Any, Literal, NotRequired

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from tegemoet.api.shapes.catalogue import Value
from tegemoet.api.shapes.common import DayText, Euro, Person, Source
from tegemoet.domain.decision import Met, Outcome, Unit

CaseBody = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "title": "CaseBody",
            "type": "object",
            "description": "A case, as on one line of a file of cases. `case` follows the scheme's `case_schema`;"
            " `on` is the day of the decision.",
            "properties": {
                "case_id": {
                    "type": "string",
                    "pattern": "^[A-Za-z0-9._-]{1,64}$",
                    "description": "The caller's own reference. It must not contain an identity number.",
                },
                "on": {"type": "string", "format": "date"},
                "case": {"type": "object"},
                "supplied": {
                    "type": "array",
                    "maxItems": 100,
                    "description": "Figures for days on which the catalogue has no value: the parameter with its"
                    " key, the value, its days (both included) and who says so. One whose days have a published"
                    " value is rejected with `figure-is-published`.",
                    "items": {
                        "type": "object",
                        "properties": {
                            "parameter": {"type": "string"},
                            "key": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
                            "value": {
                                "type": "string",
                                "pattern": "^[0-9]{1,6}(\\.[0-9]{1,4})?$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                            },
                            "from": {"type": "string", "format": "date"},
                            "until": {"type": "string", "format": "date"},
                            "source": {"type": "string", "minLength": 1, "maxLength": 300},
                        },
                        "required": ["parameter", "value", "from", "until", "source"],
                        "additionalProperties": False,
                    },
                },
                "supersedes": {
                    "type": "string",
                    "description": "The id of a decision of the same partner that this one replaces.",
                },
                "dry_run": {"type": "boolean", "default": False, "description": "Decide without storing anything."},
            },
            "required": ["case_id", "on", "case"],
            "additionalProperties": False,
        }
    ),
    Body(),
]

Amount = TypedDict(
    "Amount",
    {
        "kind": str,
        "amount": Euro,
        "currency": Literal["EUR"],
        "from": DayText | None,
        "until": DayText | None,
        "unit": Unit,
    },
)
Span = TypedDict("Span", {"kind": str, "from": DayText, "until": DayText, "days": int})


class MissingFacts(TypedDict):
    """The facts in the phrases of what is missing."""

    needed: dict[str, Any]
    seen: dict[str, Any]


class MissingText(TypedDict):
    """What is missing, in words."""

    needed: str
    seen: str


class Missing(TypedDict):
    """A change that would change the outcome.

    `field` is a JSON Pointer into the case; `/on` is the day of the decision. `needed` and `seen`
    are ids of phrases, which `facts` fill; `text` is what they say, rendered when the decision is
    read and not part of its bytes.
    """

    rule: str
    field: str
    needed: str
    seen: str
    facts: NotRequired[MissingFacts]
    text: MissingText


class Step(TypedDict):
    """A rule that was applied.

    `text` is rendered when the decision is read and is not part of the decision's bytes.
    """

    rule: str
    outcome: Met
    facts: dict[str, Any]
    source: Source
    text: str


class ParametersUsed(TypedDict):
    version: str
    sha256: str


class Engine(TypedDict):
    version: str


class Replay(TypedDict):
    """Whether recomputing the stored case returns the same bytes.

    If not, `differs` lists what changed: `parameters`, `engine`, `case`, `bytes`.
    """

    same: bool
    differs: dict[str, Any]


class Decision(TypedDict):
    """A decision.

    `values` are the values that it rests on and that are not official; absent if there are none.
    Its bytes are its canonical JSON (RFC 8785) without `text`, `replay`, `decided_by`, `supersedes`
    and `superseded_by`: the ids of the decision that it replaces and of the one that replaces it.
    `decided_by` is the person who decided it first, and is shown to persons.
    """

    id: str
    scheme: str
    case_id: str
    on: DayText
    outcome: Outcome
    amounts: list[Amount]
    periods: list[Span]
    total: Euro | None
    missing: list[Missing]
    explanation: list[Step]
    parameters: ParametersUsed
    values: NotRequired[list[Value]]
    engine: Engine
    input_sha256: str
    replay: NotRequired[Replay]
    supersedes: NotRequired[str]
    superseded_by: NotRequired[str]
    decided_by: NotRequired[Person]


class BenefitDay(TypedDict):
    """One calendar day: the kind of its period, the amount paid, and why nothing is paid."""

    day: DayText
    kind: str
    amount: Euro
    paid: bool
    reason: Annotated[str | None, Field(description="For example `sunday` or `wage`; null for a paid day.")]


class BenefitDays(TypedDict):
    """The days of a decision; empty if it grants nothing, or nothing per day."""

    decision: str
    days: list[BenefitDay]


SignedEuro = Annotated[
    str, Field(description="An amount in EUR with two decimals; negative for a decrease.", examples=["-84.17"])
]


class DifferenceTotal(TypedDict):
    """What both decisions pay of one kind, and the new amount minus the former one."""

    kind: str
    former: Euro
    new: Euro
    difference: SignedEuro


class DifferenceRow(DifferenceTotal):
    """The same for one calendar month, `YYYY-MM`."""

    month: Annotated[str | None, Field(description="Null for an amount that is paid once.", examples=["2020-10"])]


class Difference(TypedDict):
    """What a decision pays more or less than a former one, per kind of payment and month."""

    former: str
    new: str
    rows: list[DifferenceRow]
    totals: list[DifferenceTotal]
