"""The files of the convention premium."""

from collections.abc import Sequence

from tegemoet.application.intake.kinds.fields import (
    read_cents,
    read_hours,
    read_yes,
    require_convention_status,
    require_day,
    require_holder,
    require_iban,
    require_insz,
    require_label,
    require_one_of,
    require_profession,
    require_riziv_number,
)
from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.intake.kinds.records import AcceptedRow, FileKind, Reading, RowBody, RowReader, columns
from tegemoet.schemes.convention_premium import SLUG
from tegemoet.schemes.professions import SPECIALISMS

_SETTINGS = frozenset(("ambulatory", "day-hospital", "inpatient"))
_LANGUAGES = frozenset(("nl", "fr", "de", ""))
"""The values of the column `language`, which the contract with the partners fixes.

It is the language in which a person is written to, not one in which Tegemoet has texts.
"""


def _practice(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    insz, number, profession, specialism, granted, training, hours, pharmacy, office = fields
    require_insz(insz, "insz")
    require_riziv_number(number)
    require_profession(profession, specialism)
    if granted:
        require_day(granted, "number_granted_on")
    if read_yes(training, "training") and profession not in SPECIALISMS:
        raise RowRejectedError("training", "training-not-for-profession")
    for column, text in (("pharmacy_id", pharmacy), ("tariff_office", office)):
        if bool(text) != (profession == "pharmacist"):
            raise RowRejectedError(column, "pharmacy-for-pharmacists")
        if text:
            require_label(text, column)
    body: RowBody = {
        "person": reading.person(insz),
        "riziv_number": number,
        "profession": profession,
        "specialism": specialism or None,
        "number_granted_on": granted or None,
        "training": training == "yes",
        "medical_house_weekly_hours": read_hours(hours, reading),
        "pharmacy_id": pharmacy or None,
        "tariff_office": office or None,
    }
    return AcceptedRow(("practice", number), number[:8], body)


def _convention(fields: Sequence[str], reading: Reading) -> AcceptedRow:  # noqa: ARG001 - every reader has the same arguments
    number, status, first, last = fields
    require_riziv_number(number)
    require_convention_status(status, "status")
    require_day(first, "from")
    if last and require_day(last, "until") < first:
        raise RowRejectedError("until", "until-before-from")
    body: RowBody = {"riziv_number": number, "status": status, "from": first, "until": last or None}
    return AcceptedRow(("convention", number, first), number[:8], body)


def _activity(kind: str) -> RowReader:
    def read(fields: Sequence[str], reading: Reading) -> AcceptedRow:
        number, setting, amount = fields
        require_riziv_number(number)
        require_one_of(setting, _SETTINGS, "setting", "setting-unknown")
        body: RowBody = {"riziv_number": number, "setting": setting, "cents": read_cents(amount, reading)}
        return AcceptedRow((kind, number, setting), number[:8], body)

    return read


def _account(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    insz, holder, iban, registered_on, language = fields
    require_insz(insz, "insz")
    holder = require_holder(holder)
    require_iban(iban, reading)
    require_day(registered_on, "registered_on")
    require_one_of(language, _LANGUAGES, "language", "language-unknown")
    person = reading.person(insz)
    body: RowBody = {
        "person": person,
        "registered_on": registered_on,
        "holder": holder,
        "iban": iban,
        "language": language or None,
    }
    return AcceptedRow(("account", person, registered_on), person, body)


def _identity(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    old, new = fields
    require_insz(old, "old_insz")
    require_insz(new, "new_insz")
    if old == new:
        raise RowRejectedError("new_insz", "numbers-equal")
    person = reading.person(old)
    return AcceptedRow(("identity", person), person, {"old": person, "new": reading.person(new)})


def _tariff_office(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    office, holder, iban = fields
    require_label(office, "tariff_office")
    body: RowBody = {"tariff_office": office, "holder": require_holder(holder), "iban": require_iban(iban, reading)}
    return AcceptedRow(("office", office), office, body)


_PRACTICES = columns(
    "insz;riziv_number;profession;specialism;number_granted_on;training;medical_house_weekly_hours;pharmacy_id;tariff_office"
)
_CONVENTIONS = columns("riziv_number;status;from;until")
_ACTIVITY = columns("riziv_number;setting;amount")
_ACCOUNTS = columns("insz;holder;iban;registered_on;language")
_IDENTITIES = columns("old_insz;new_insz")
_TARIFF_OFFICES = columns("tariff_office;holder;iban")

FILES = (
    FileKind(SLUG, "practices", _PRACTICES, _practice, "numbers", keys="tariff-offices"),
    FileKind(SLUG, "conventions", _CONVENTIONS, _convention, "numbers", "days"),
    FileKind(SLUG, "activity-s1", _ACTIVITY, _activity("activity-s1"), "numbers"),
    FileKind(SLUG, "activity-year", _ACTIVITY, _activity("activity-year"), "numbers"),
    FileKind(SLUG, "accounts", _ACCOUNTS, _account, "persons"),
    FileKind(SLUG, "identities", _IDENTITIES, _identity, "identities"),
    FileKind(SLUG, "tariff-offices", _TARIFF_OFFICES, _tariff_office, "tariff-offices", keys="tariff-offices"),
)
