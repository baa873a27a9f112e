"""Figures that a caller supplies with a case, for days on which the law's figure is not known.

They are the same in every scheme and stand beside the case. The decision lists those that it rests
on among its `values`, with the basis `supplied`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

from tegemoet.domain.calendar import read_day
from tegemoet.domain.parameters import Parameter, ParameterSet, Source, Value
from tegemoet.domain.problems import Fault, InvalidError
from tegemoet.schemes.fields import CLOSED, Day, WageRate, without_identity_number

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(without_identity_number)]


THE_CASE = "the case"
"""The source of a figure that a field of the case holds."""


def _figure(value: Any) -> Decimal | date:
    """A number as text, or a day."""
    try:
        return _NUMBER.validate_python(value) if "-" not in str(value) else read_day(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("not-a-value", "a number or a day, as text") from None


_NUMBER: TypeAdapter[Decimal] = TypeAdapter(WageRate)
Figure = Annotated[
    Decimal | date,
    PlainValidator(_figure, json_schema_input_type=Annotated[str, StringConstraints(min_length=1, max_length=11)]),
]
"""A number with at most four decimals, or a day, written as text."""


@dataclass(frozen=True, slots=True)
class SuppliedFigure:
    """A figure, the days on which it applies (both included), and who says so.

    `parameter` and `key` are those of the catalogue: `GET /v1/schemes/{scheme}/parameters`.
    """

    __pydantic_config__ = CLOSED

    parameter: _Name
    value: Figure
    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="until")]
    source: _Text
    key: Annotated[dict[_Name, _Text], Field(max_length=4)] = field(default_factory=dict)

    def as_parameter(self) -> Parameter:
        """The figure as a value that is not official."""
        key = tuple(sorted(self.key.items()))
        source = Source(self.source, "", "")
        return Parameter(self.parameter, key, self.value, "", self.first, self.last, source, "supplied")


Supplied = Annotated[tuple[SuppliedFigure, ...], Field(max_length=100)]


def read_supplied(figures: Supplied, parameters: ParameterSet) -> tuple[Parameter, ...]:
    """The figures as values of the set.

    Raises InvalidError for a figure that the set does not know (`not-a-parameter`, `not-a-key`),
    that is no value of the parameter (`not-a-value`), that ends before it begins
    (`until-before-from`), whose days have a value, published or supplied (`figure-is-published`),
    or that would go on after the law ended the rule (`rule-has-ended`).
    """
    read = tuple(figure.as_parameter() for figure in figures)
    faults = tuple(
        Fault(f"/supplied/{place}{field}", code)
        for place, figure in enumerate(read)
        for field, code in _faults(figure, (*parameters.parameters, *read[:place]))
    )
    if faults:
        raise InvalidError("A supplied figure is invalid.", faults=faults)
    return read


def supplied_on(parameters: ParameterSet, day: date, *names: str) -> Iterator[tuple[str, Parameter]]:
    """The figures of these names that are supplied beside the case for a day, each with the pointer
    of its value.
    """
    for place, row in enumerate(parameters.supplied):
        if row.name in names and row.lies_within(day, day):
            yield f"/supplied/{place}/value", row


def refuse_published(
    parameters: ParameterSet, of_case: Decimal | None, pointer: str, name: str, on: date, **key: str
) -> None:
    """Raises InvalidError `figure-is-published` for a figure of the case if one is published.

    `pointer` is its place in the case, such as /limits/reduced.
    """
    if of_case is not None and parameters.published(name, on, **key) is not None:
        raise InvalidError(
            "A figure of the case is published.", faults=(Fault(f"/case{pointer}", "figure-is-published"),)
        )


def unless_published(
    parameters: ParameterSet, of_case: Decimal | None, pointer: str, name: str, on: date, **key: str
) -> Decimal | None:
    """The figure of that day: the published one, a supplied one, that of the case, or None.

    `of_case` is what the case holds at `pointer`.

    Raises InvalidError `figure-is-published` if the case holds one although one is published.
    """
    refuse_published(parameters, of_case, pointer, name, on, **key)
    found = parameters.seek(name, on, **key)
    if found is None and of_case is not None:
        source = Source(THE_CASE, pointer, "")
        found = Parameter(name, tuple(sorted(key.items())), of_case, "", on, on, source, "supplied")
        parameters.note(found)
    return None if found is None else Decimal(str(found.value))


def _faults(figure: Parameter, values: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    named = [value for value in values if value.name == figure.name]
    like = [value for value in named if [name for name, _ in value.key] == [name for name, _ in figure.key]]
    same = [value for value in like if value.key == figure.key]
    if not named:
        yield "/parameter", "not-a-parameter"
    elif not like:
        yield "/key", "not-a-key"
    elif not any(_is_of_the_kind(figure.value, value.value) for value in same or like):
        yield "/value", "not-a-value"
    elif figure.last < figure.first:
        yield "/until", "until-before-from"
    elif any(value.lies_within(figure.first, figure.last) for value in same):
        yield "", "figure-is-published"
    elif any(_has_ended(value) and figure.last > value.last for value in same):
        yield "", "rule-has-ended"


def _has_ended(value: Parameter) -> bool:
    """Whether the law has no later value. A row of one day is an event, such as an index step."""
    return value.final and value.first < value.last


def _is_of_the_kind(figure: Value, value: Value) -> bool:
    """Whether a supplied number or day can stand where the set has that value."""
    if isinstance(figure, date):
        return isinstance(value, date)
    if isinstance(value, bool) or not isinstance(figure, Decimal):
        return False
    return isinstance(value, Decimal) or (isinstance(value, int) and figure == int(figure))
