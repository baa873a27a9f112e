"""Bodies of the catalogue: schemes, parameters, acts."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import DayText, Next, Source, Texts
from tegemoet.domain.parameters import Basis
from tegemoet.schemes.known import Lack

Validity = TypedDict("Validity", {"from": DayText, "until": DayText | None})


class End(TypedDict):
    """The last day of values that have no successor, and the names of their parameters."""

    until: DayText
    parameters: list[str]


class Known(TypedDict):
    """Until when every value is known; null if none of them ends.

    `ends` lists every end, the first one first. `warning` is `ends-soon` where a value ends within
    60 days, or else `ended` where one has ended. A scheme with a set per year is known until the
    end of the last one.
    """

    until: DayText | None
    ends: list[End]
    warning: Lack | None


class SchemeInBrief(TypedDict):
    """A scheme of the catalogue.

    A `single-case` scheme decides cases sent to the API or in files. An `exchange` scheme has files
    of its own.
    """

    scheme: str
    kind: Literal["single-case", "exchange"]
    title: Texts
    summary: Texts
    valid: Validity
    known: Known


class SchemePage(TypedDict):
    schemes: list[SchemeInBrief]
    next: Next


class SchemeDetails(SchemeInBrief):
    """`case_schema` is a JSON Schema (2020-12) of the scheme's cases.

    `example` is a complete request body of `POST /v1/schemes/{scheme}/decisions`.
    """

    languages: list[str]
    legal_basis: list[Source]
    case_schema: dict[str, Any] | None
    example: dict[str, Any] | None


class ParameterSet(TypedDict):
    """The file that holds a parameter. `sha256` is the hash of its text."""

    name: str
    version: str
    sha256: str


Value = TypedDict(
    "Value",
    {
        "name": str,
        "key": dict[str, str],
        "value": str | int | bool,
        "unit": str,
        "from": DayText,
        "until": DayText | None,
        "basis": Basis,
        "arithmetic": NotRequired[str],
        "source": Source,
    },
)


class Parameter(Value):
    set: ParameterSet
    checked: DayText


class ParameterPage(TypedDict):
    scheme: str
    on: DayText
    known: Known
    parameters: list[Parameter]
    next: Next


Address = Annotated[
    Literal["text", "gazette", "page", "institution"],
    Field(
        description="What `url` leads to: the text of the act, the gazette of that day, a page about the act, or only"
        " the site of the institution."
    ),
]
Act = TypedDict(
    "Act",
    {
        "id": str,
        "title": Texts,
        "kind": str,
        "date": DayText | None,
        "published": DayText | None,
        "numac": str | None,
        "from": DayText | None,
        "until": DayText | None,
        "url": str,
        "address": Address,
        "subjects": list[str],
        "changes": Texts,
        "listed_in": str | None,
        "schemes": list[str],
    },
)


class ActPage(TypedDict):
    acts: list[Act]
    next: Next


class ActUse(TypedDict):
    """The articles or headings that a scheme is based on, and the parameters they set."""

    scheme: str
    articles: list[str]
    parameters: list[str]


class ActDetails(Act):
    """`cited_as` lists the titles by which a source may cite the act."""

    cited_as: list[str]
    uses: list[ActUse]
