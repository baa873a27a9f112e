"""Values of a premium year that are not official, and who confirmed each of them for the body.

A run that rests on such a value is not approved, and so pays nothing, before the body has confirmed
it: a person says that the body uses this value, and why. Where nobody publishes a value that the
year needs, the person supplies it with the confirmation. Confirmations are only added. The last one
of a value counts, and only for the value that it names: a corrected value is confirmed again.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

import orjson

from tegemoet.application.ports import Runs
from tegemoet.application.records import Confirmation, SuppliedJson
from tegemoet.domain.parameters import Basis, Parameter, ParameterSet, SourceJson
from tegemoet.domain.problems import ConflictError, Fault
from tegemoet.schemes.convention_premium.year import unpublished


@dataclass(frozen=True, slots=True)
class YearValue:
    """A value of a premium year that is not official.

    `value` = as text; None where nobody publishes one, and the body supplies it. `key` says for
    whom, or for which phase. `confirmations` = every one, oldest first.
    """

    id: str
    name: str
    key: Mapping[str, str]
    value: str | None
    unit: str
    first: date
    last: date
    basis: Basis
    source: SourceJson | None
    arithmetic: str = ""
    confirmations: tuple[Confirmation, ...] = ()

    @property
    def confirmed(self) -> Confirmation | None:
        """The confirmation that counts, if there is one."""
        last = self.confirmations[-1] if self.confirmations else None
        return last if last is not None and self.value in (None, last.value) else None

    @property
    def in_use(self) -> str | None:
        """The value that a run uses; None while nobody supplies it."""
        return self.value or (self.confirmed.value if self.confirmed else None)

    def is_used_in(self, phase: int) -> bool:
        """Whether the phase rests on it: a value with a phase in its key belongs to that one."""
        return self.key.get("phase") in (None, str(phase))

    def supplied(self, value: str) -> SuppliedJson:
        """What a decision is given where nobody publishes a value."""
        return {
            "parameter": self.name,
            "key": dict(self.key),
            "value": value,
            "from": self.first.isoformat(),
            "until": self.last.isoformat(),
            "source": f"Confirmed by the body for the premium year {self.first.year}",
        }


def values_to_confirm(parameters: ParameterSet) -> list[YearValue]:
    """Every value of the year's set that is not official, or that nobody publishes, by id."""
    known = [_published(parameter) for parameter in parameters.parameters if parameter.basis != "official"]
    first, last = date(int(parameters.name), 1, 1), date(int(parameters.name), 12, 31)
    lacking = [
        YearValue(_id(name, key), name, key, None, unit, first, last, "supplied", None)
        for name, key, unit in unpublished(parameters)
    ]
    return sorted([*known, *lacking], key=lambda value: value.id)


def year_values(parameters: ParameterSet, runs: Runs) -> list[YearValue]:
    """The same with the confirmations that were made."""
    values = values_to_confirm(parameters)
    made = runs.confirmations(int(parameters.name)) if values else {}
    return [replace(value, confirmations=tuple(made.get(value.id, ()))) for value in values]


def values_of_phase(phase: int, parameters: ParameterSet, runs: Runs) -> list[YearValue]:
    """Those on which a run of the phase rests."""
    return [value for value in year_values(parameters, runs) if value.is_used_in(phase)]


def _published(parameter: Parameter) -> YearValue:
    key, written = dict(parameter.key), parameter.as_dict()
    value = str(written["value"]).lower() if isinstance(written["value"], bool) else str(written["value"])
    return YearValue(
        _id(parameter.name, key, value),
        parameter.name,
        key,
        value,
        parameter.unit,
        parameter.first,
        parameter.last,
        parameter.basis,
        written["source"],
        parameter.arithmetic,
    )


def _id(name: str, key: Mapping[str, str], value: str = "") -> str:
    """What the value is called in addresses, such as `premium-amount.nurse.399.19`."""
    parts = (name, *key.values(), value)
    return ".".join(re.sub(r"[^A-Za-z0-9.-]", "-", part) for part in parts if part)


# --- what a run rests on --------------------------------------------------------------------------


def require_supplied(values: Iterable[YearValue]) -> None:
    """Raises ConflictError `value-not-supplied` while a value is lacking that nobody publishes."""
    if lacking := tuple(Fault(_path(value), "unconfirmed") for value in values if value.in_use is None):
        raise ConflictError(
            "Nobody publishes a value that the run needs: an operator supplies it.", "value-not-supplied", lacking
        )


def supplied_values(values: Iterable[YearValue]) -> list[SuppliedJson]:
    """The values that the body supplies, as a plan records them."""
    return [now for value in values if value.value is None and (now := _supplied_now(value)) is not None]


def require_confirmed(values: Iterable[YearValue], supplied: Sequence[SuppliedJson]) -> dict[str, str]:
    """Value → digest of the confirmation that counts, which the seal of an approval covers.

    `supplied` = what the plan of the run recorded. Raises ConflictError `values-unconfirmed`, and
    `values-differ` where the body has since confirmed another value than the run used.
    """
    known = list(values)
    if lacking := tuple(Fault(_path(value), "unconfirmed") for value in known if value.confirmed is None):
        raise ConflictError(
            "The run rests on values that nobody confirmed: an operator confirms them.", "values-unconfirmed", lacking
        )
    replaced = (value for value in known if value.value is None and _supplied_now(value) not in supplied)
    if differing := tuple(Fault(_path(value), "replaced") for value in replaced):
        raise ConflictError("The run used another value than the confirmed one.", "values-differ", differing)
    return {value.id: digest_of(value.confirmed) for value in known if value.confirmed is not None}


def _supplied_now(value: YearValue) -> SuppliedJson | None:
    return None if value.in_use is None else value.supplied(value.in_use)


def as_approved(values: Iterable[YearValue], confirmed: Mapping[str, str]) -> list[YearValue]:
    """The values, each with the confirmation alone that an approval with these digests rests on."""
    return [
        replace(value, confirmations=tuple(c for c in value.confirmations if digest_of(c) == confirmed.get(value.id)))
        for value in values
    ]


def changed(confirmed: Mapping[str, str], made: Mapping[str, Sequence[Confirmation]]) -> int:
    """How many confirmations that an approval rests on are not there, or not as they were."""
    return sum(digest not in map(digest_of, made.get(value, ())) for value, digest in confirmed.items())


def digest_of(confirmation: Confirmation) -> str:
    """What a seal covers of a confirmation."""
    return hashlib.sha256(orjson.dumps(asdict(confirmation), option=orjson.OPT_SORT_KEYS)).hexdigest()


def confirmers_of(values: Iterable[YearValue]) -> set[str]:
    """The subjects of those on whose confirmations a run rests."""
    return {value.confirmed.by.subject for value in values if value.confirmed is not None}


def _path(value: YearValue) -> str:
    return f"/values/{value.id}"
