"""An allocation as the parameter file of its premium year, in the format of the shipped files."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby

from tegemoet.domain.money import from_cents
from tegemoet.domain.parameters import Parameter, ParameterSet, Source, Value
from tegemoet.schemes.premium_allocation.rules import Figures, RowKey

COMPUTED = ("premium-amount", "activity-threshold")
LEFT_BEHIND = ("notification-end",)
"""Parameters of one year only: the next year has another amendment clause, or none."""


def shared_rows(template: ParameterSet) -> dict[str, RowKey]:
    """The professions of a year that belong to the row of another profession."""
    return {dict(p.key)["profession"]: _target(p) for p in _in_force(template) if p.name == "shared-row"}


def _target(shared_row: Parameter) -> RowKey:
    profession, _, specialism = str(shared_row.value).partition("/")
    return profession, specialism


def to_confirm(made: ParameterSet) -> list[str]:
    """The names of the parameters that an allocation carried over because it cannot know them."""
    carried = made.sources["to-confirm"]
    return list(dict.fromkeys(p.name for p in made.parameters if p.source == carried))


def write_year(year: int, figures: Figures, template: ParameterSet, left_out: Iterable[str], batch: str) -> str:
    """The parameter file of `year`: the amounts of `figures`, everything else from `template`.

    Days move by the number of years between. What is carried over has the source `to-confirm`,
    which names the template; so does the comment at the top. Nothing of it is official: a draft
    that ships as it is pays nothing before the body has confirmed each value.
    """
    shift = year - int(template.name)
    url = template.sources["amounts"].url
    computed = Source(
        f"Tegemoet, premium-allocation of premium year {year}",
        f"Computed from the population of {year - 1}, batch {batch}",
        url,
    )
    carried = Source(
        f"Tegemoet, carried over from the parameters of premium year {template.name} (version {template.version})",
        f"To be confirmed for premium year {year}",
        url,
    )
    lines = [
        f"# Convention premium, premium year {year}: derived from the population of {year - 1} (batch {batch}).",
        (
            f'# Everything with the source "to-confirm" was carried over from {template.name},'
            " the latest general premium year:"
        ),
        "# confirm it and give it its own source.",
        "# End days of notification periods (notification-end) are not carried over: add those of this year.",
        f'version = "{year}.1"',
    ]
    lines += _sources({**template.sources, "amounts": computed, "to-confirm": carried})
    premiums = {s.sector: s.premium for s in figures.sectors}
    paid = {r.row: premium for r in figures.rows if (premium := premiums[r.row[0]]) is not None}
    for name, group in groupby(_in_force(template), key=lambda p: p.name):
        # a profession cannot share a row that the new year lacks
        rows = [row for row in group if name != "shared-row" or _target(row) in paid]
        if rows and name not in (*COMPUTED, *LEFT_BEHIND):
            lines += _block(name, rows[0].unit, "to-confirm", year, [_carried(row, shift) for row in rows])
    fixed = [
        {"profession": _text(p), "value": _value(amount), "source": _text("to-confirm")}
        for p, amount in _left_out(template, left_out).items()
    ]
    amounts = [_written(row) | {"value": _amount(premium)} for row, premium in paid.items()]
    thresholds = [_written(r.row) | {"value": _amount(r.threshold)} for r in figures.rows if r.row in paid]
    lines += _block("premium-amount", "EUR", "amounts", year, amounts + fixed)
    lines += _block("activity-threshold", "EUR", "amounts", year, thresholds)
    return "\n".join(lines) + "\n"


def _sources(sources: Mapping[str, Source]) -> Iterator[str]:
    """The sources of a draft: what is computed is derived, and what is carried over is nobody's."""
    bases = {
        "amounts": {"basis": "derived", "arithmetic": sources["amounts"].article},
        "to-confirm": {"basis": "secondary"},
    }
    for name, source in sources.items():
        yield from ("", f"[sources.{name}]")
        parts = {"act": source.act, "article": source.article, "url": source.url, **bases.get(name, {})}
        yield from (f"{part} = {_text(value)}" for part, value in parts.items())


def _in_force(template: ParameterSet) -> tuple[Parameter, ...]:
    """The parameters in force at the end of the template's year."""
    return template.in_force(date(int(template.name), 12, 31))


def _left_out(template: ParameterSet, professions: Iterable[str]) -> dict[str, Value]:
    """The template's amounts of the professions without a part in the budget."""
    wanted = set(professions)
    return {
        dict(p.key)["profession"]: p.value
        for p in _in_force(template)
        if p.name == "premium-amount" and dict(p.key)["profession"] in wanted
    }


def _carried(parameter: Parameter, shift: int) -> dict[str, str]:
    value = parameter.value
    if isinstance(value, date):
        leap_day = (value.month, value.day) == (2, 29)
        value = value.replace(year=value.year + shift, day=28 if leap_day else value.day)
    return {name: _text(text) for name, text in parameter.key} | {"value": _value(value)}


def _block(name: str, unit: str, source: str, year: int, rows: list[dict[str, str]]) -> list[str]:
    lines = [
        "",
        "[[parameter]]",
        f"name = {_text(name)}",
        f"unit = {_text(unit)}",
        f"source = {_text(source)}",
        f"from = {year}-01-01",
        f"until = {year}-12-31",
    ]
    if len(rows) == 1 and set(rows[0]) == {"value"}:
        return [*lines, f"value = {rows[0]['value']}"]
    return [*lines, "rows = [", *(f"    {_inline(row)}," for row in rows), "]"]


def _inline(row: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{name} = {value}" for name, value in row.items()) + " }"


def _written(row: RowKey) -> dict[str, str]:
    profession, specialism = row
    named = {"profession": _text(profession)}
    return named | {"specialism": _text(specialism)} if specialism else named


def _amount(cents: int) -> str:
    return str(from_cents(cents))


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | Decimal) else _text(value)


def _text(text: str) -> str:
    """A basic string of TOML, which uses the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False)
