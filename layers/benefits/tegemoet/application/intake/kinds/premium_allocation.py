"""The file of the premium allocation: a population of providers, which becomes no facts."""

from collections.abc import Sequence

from tegemoet.application.intake.kinds.fields import is_year, read_cents, require_convention_status, require_profession
from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.intake.kinds.records import AcceptedRow, FileKind, Reading, RowBody, columns
from tegemoet.schemes.premium_allocation import SLUG


def _provider(fields: Sequence[str], reading: Reading) -> AcceptedRow:
    profession, specialism, birth_year, convention, amount = fields
    require_profession(profession, specialism)
    if not is_year(birth_year, reading.year):
        raise RowRejectedError("birth_year", "birth-year-invalid")
    body: RowBody = {
        "profession": profession,
        "specialism": specialism or None,
        "birth_year": int(birth_year),
        "convention": require_convention_status(convention, "convention"),
        "cents": read_cents(amount, reading),
    }
    return AcceptedRow(("provider",), "", body)


_POPULATION = columns("profession;specialism;birth_year;convention;amount")

FILES = (FileKind(SLUG, "population", _POPULATION, _provider, None, None, allocates=True),)
