"""The 44 rows of premiums and thresholds as RIZIV-INAMI publishes them.

They are typed from the page and not from the parameter file.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pytest

from tegemoet.domain.money import ZERO
from tegemoet.domain.problems import ParameterUnknownError
from tegemoet.schemes.convention_premium.year import premium_year
from tests.schemes.convention_premium.builders import YEAR_2023, decided, eur, judged, person, practice, titular

PUBLISHED = """
    physician pathology              1045.32  64490.0     physician nuclear-medicine    1045.32  87269.4
    physician anaesthesiology        1045.32   1475.3     physician physical-medicine   1045.32  43270.1
    physician clinical-biology       1045.32 164393.0     physician emergency-medicine  1045.32  20950.6
    physician cardiology             1045.32  43717.6     physician neurosurgery        1045.32   7283.8
    physician surgery                1045.32   8248.2     physician neurology           1045.32  26276.5
    physician plastic-surgery        1045.32   7681.8     physician ent                 1045.32  32959.9
    physician dermatology            1045.32  22299.4     physician medical-oncology    1045.32  23752.3
    physician gastroenterology       1045.32  21861.7     physician ophthalmology       1045.32  40029.3
    physician gynaecology            1045.32  22735.0     physician orthopaedics        1045.32  12739.0
    physician clinical-genetics      1045.32 203212.5     physician pneumology          1045.32  30460.7
    physician geriatrics             1045.32   4179.2     physician psychiatry          1045.32  11549.8
    physician acute-medicine         1045.32   8581.8     physician paediatrics         1045.32  14118.5
    physician general-practice       1045.32  30505.0     physician radiology           1045.32 120038.4
    physician internal-medicine      1045.32   8685.8     physician radiotherapy        1045.32 168403.3
    physician rheumatology           1045.32  32595.6     physician stomatology         1045.32  10930.0
    physician urology                1045.32  21492.2     physician other               1045.32    706.6
    dentist general-dentistry        1707.31  26697.3     dentist orthodontics          1707.31  20781.4
    dentist periodontology           1707.31  14902.1     midwife -                      975.49    872.6
    nurse -                           945.95  11455.6     physiotherapist -             1185.16   6599.0
    speech-therapist -               1645.39   3592.8     orthopaedic-technician -       945.61  57997.8
    bandage-maker -                   957.79    141.8     optician -                    1015.97   2272.7
    hearing-aid-specialist -          946.66  20934.1     pharmacist -                  1790.00        -
"""


class PublishedRow(NamedTuple):
    profession: str
    specialism: str | None
    premium: Decimal
    threshold: Decimal | None


WORDS = iter(PUBLISHED.split())
ROWS = [
    PublishedRow(p, None if s == "-" else s, Decimal(amount), None if t == "-" else Decimal(t))
    for p, s, amount, t in zip(WORDS, WORDS, WORDS, WORDS, strict=True)
]
WITH_THRESHOLD = [row for row in ROWS if row.threshold]
# pharmacists-biologists stand in the table's heading,
# not in a row: they fall under clinical biology
BIOLOGIST = PublishedRow("pharmacist-biologist", None, Decimal("1045.32"), Decimal("164393.0"))


def named(row: PublishedRow) -> str:
    return row.specialism or row.profession


def cents_more(row: PublishedRow, cents: int) -> str:
    assert row.threshold is not None
    return f"{row.threshold + Decimal(cents) / 100:.2f}"


def test_the_table_has_44_rows_in_the_eleven_sectors_that_have_rows() -> None:
    assert len(ROWS) == len(set(ROWS)) == 44
    assert sum(row.profession == "physician" for row in ROWS) == 32
    assert sum(row.profession == "dentist" for row in ROWS) == 3
    assert len({row.profession for row in ROWS}) == 11


def test_the_parameters_hold_the_rows_of_the_table_and_no_other() -> None:
    year = premium_year(YEAR_2023)
    assert {key: (row.premium, row.threshold) for key, row in year.rows.items()} == {
        (row.profession, row.specialism): (row.premium, row.threshold) for row in (*ROWS, BIOLOGIST)
    }
    assert len(year.professions) == 12
    assert max(row.premium for row in year.rows.values()) == eur("1790.00")


@pytest.mark.parametrize("row", [*WITH_THRESHOLD, BIOLOGIST], ids=named)
def test_reaching_the_threshold_exactly_is_enough_in_both_phases(row: PublishedRow) -> None:
    for cents in (0, 1):
        enough = cents_more(row, cents)
        december = decided(person(practice(row.profession, row.specialism, s1=enough, year=None), phase=1))
        july = decided(person(practice(row.profession, row.specialism, s1=None, year=enough)))
        for phase in (december, july):
            assert (phase.ruling.outcome, phase.payable, phase.kind) == ("granted", row.premium, "premium")


@pytest.mark.parametrize("row", [*WITH_THRESHOLD, BIOLOGIST], ids=named)
def test_one_cent_below_is_pending_in_phase_1_and_refused_in_phase_2(row: PublishedRow) -> None:
    below = cents_more(row, -1)
    december = decided(person(practice(row.profession, row.specialism, s1=below, year=None), phase=1))
    july = decided(person(practice(row.profession, row.specialism, s1=below, year=below)))
    assert (december.ruling.outcome, december.payable) == ("pending", ZERO)
    assert (july.ruling.outcome, july.payable) == ("refused", ZERO)
    for phase, field in ((december, "activity-s1"), (july, "activity-year")):
        (missing,) = phase.ruling.missing
        assert (missing.rule, missing.field) == ("activity", f"/practices/0/{field}/ambulatory")
        assert (missing.needed, missing.seen) == (f"{row.threshold:.2f} EUR", f"{below} EUR")


def test_pharmacists_have_a_fixed_amount_and_no_threshold() -> None:
    for phase in (1, 2):
        done = decided(person(titular(), phase=phase))
        assert (done.ruling.outcome, done.payable, done.kind) == ("granted", eur("1790.00"), "pharmacy")


def test_orthopaedic_technicians_are_not_the_physicians_of_orthopaedics() -> None:
    assert judged(practice("orthopaedic-technician")).premium == eur("945.61")
    assert judged(practice("physician", "orthopaedics")).premium == eur("1045.32")


def test_a_profession_without_rows_takes_no_part_and_such_a_specialism_is_an_error() -> None:
    year = premium_year(YEAR_2023)
    assert year.row("astronaut", None) is None
    with pytest.raises(ParameterUnknownError) as error:
        year.row("physician", "astrology")
    assert error.value.on == "2023-12-31"
    assert "physician" in error.value.parameter
    assert "astrology" in error.value.parameter


def test_the_days_hours_and_exceptions_of_2023_are_those_of_the_page() -> None:
    year = premium_year(YEAR_2023)
    assert year.year == 2023
    assert (year.convention_from, year.convention_until) == (date(2023, 2, 15), date(2023, 12, 31))
    assert year.notification_end == {"speech-therapist": date(2023, 3, 3)}
    assert (year.training_exception, year.medical_house_hours) == (True, eur("7.60"))
    assert year.account_deadline == {1: date(2023, 11, 30), 2: date(2024, 5, 31)}
    assert year.phase_first_day == {1: date(2023, 12, 1), 2: date(2024, 6, 1)}
    assert year.shards == 32


def test_every_figure_of_2023_holds_through_the_year_and_names_the_published_page() -> None:
    for parameter in YEAR_2023.parameters:
        assert (parameter.first, parameter.last) == (date(2023, 1, 1), date(2023, 12, 31))
        assert parameter.source.act
        assert parameter.source.article
        assert parameter.source.url.startswith("https://www.inami.fgov.be/")
