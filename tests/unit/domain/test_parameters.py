"""Parameters are data with days and sources; a day without a value is an error that names both."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from tegemoet.domain.calendar import LAST_DAY
from tegemoet.domain.parameters import Parameter, ParameterSet, Source, read_parameters
from tegemoet.domain.problems import ParameterUnknownError

TEXT = """
version = "7"

[sources.act]
act = "An act"
article = "article 1"
url = "https://example.org/act"

[sources.later]
act = "A later act"
article = "article 2"
url = "https://example.org/later"

[[parameter]]
name = "rate"
unit = "share"
source = "act"
from = 2023-01-01
until = 2023-06-30
value = 0.20

[[parameter]]
name = "rate"
unit = "share"
source = "later"
from = 2023-07-01
value = 0.25

[[parameter]]
name = "amount"
unit = "EUR"
source = "act"
from = 2023-01-01
until = 2023-12-31
rows = [
    { profession = "nurse", value = 945.95 },
    { specialism="ent", profession="physician", value=1045.32, from=2023-03-01, until=2023-03-31, source="later" },
]

[[parameter]]
name = "shards"
source = "act"
from = 2023-01-01
value = 32

[[parameter]]
name = "allowed"
source = "act"
from = 2023-01-01
value = true

[[parameter]]
name = "deadline"
source = "act"
from = 2023-01-01
value = 2023-11-30

[[parameter]]
name = "word"
source = "act"
from = 2023-01-01
value = "nurse"
"""
MID = date(2023, 3, 15)


@pytest.fixture
def held() -> ParameterSet:
    return read_parameters("2023", TEXT)


def test_a_set_is_named_by_its_text(held: ParameterSet) -> None:
    assert (held.name, held.version, held.text) == ("2023", "7", TEXT)
    assert held.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    ("on", "rate", "act"),
    [
        (date(2023, 1, 1), "0.20", "An act"),
        (date(2023, 6, 30), "0.20", "An act"),
        (date(2023, 7, 1), "0.25", "A later act"),
        (date(2999, 1, 1), "0.25", "A later act"),
    ],
)
def test_the_value_of_a_day_is_found_with_its_source(held: ParameterSet, on: date, rate: str, act: str) -> None:
    assert held.decimal("rate", on) == Decimal(rate)
    assert held.find("rate", on).source.act == act


def test_a_day_before_the_first_value_is_an_error_that_names_parameter_and_day(held: ParameterSet) -> None:
    with pytest.raises(ParameterUnknownError) as error:
        held.decimal("rate", date(2022, 12, 31))
    assert (error.value.parameter, error.value.on, error.value.code) == ("rate", "2022-12-31", "parameter-unknown")


def test_a_key_that_is_not_there_is_named_too(held: ParameterSet) -> None:
    for key in ({"profession": "midwife"}, {}, {"profession": "nurse", "specialism": "ent"}):
        with pytest.raises(ParameterUnknownError) as error:
            held.find("amount", MID, **key)
        assert all(f"{name} {value}" in error.value.parameter for name, value in key.items())
    with pytest.raises(ParameterUnknownError) as error:
        held.find("amount", MID, specialism="ent", profession="nurse")
    assert error.value.parameter == "amount (profession nurse, specialism ent)"


def test_a_row_may_have_days_and_a_source_of_its_own(held: ParameterSet) -> None:
    row = {"profession": "physician", "specialism": "ent"}
    assert held.find("amount", MID, **row).source.article == "article 2"
    assert held.find("amount", MID, specialism="ent", profession="physician").value == Decimal("1045.32")
    for day in (date(2023, 2, 28), date(2023, 4, 1)):
        with pytest.raises(ParameterUnknownError):
            held.find("amount", day, **row)


def test_decimals_are_read_exactly_and_never_through_a_float(held: ParameterSet) -> None:
    value = held.find("rate", MID).value
    assert isinstance(value, Decimal)
    assert str(value) == "0.20"


def test_a_value_has_the_type_that_is_asked_for(held: ParameterSet) -> None:
    assert held.integer("shards", MID) == 32
    assert held.decimal("shards", MID) == 32
    assert held.flag("allowed", MID) is True
    assert held.day("deadline", MID) == date(2023, 11, 30)
    for ask, name in (
        (held.decimal, "allowed"),
        (held.decimal, "word"),
        (held.decimal, "deadline"),
        (held.integer, "allowed"),
        (held.integer, "rate"),
        (held.day, "word"),
        (held.day, "shards"),
        (held.flag, "shards"),
        (held.flag, "word"),
    ):
        with pytest.raises(TypeError, match=name):
            ask(name, MID)


def test_rows_and_all_that_is_in_force_keep_the_order_of_the_file(held: ParameterSet) -> None:
    assert [dict(p.key)["profession"] for p in held.rows("amount", MID)] == ["nurse", "physician"]
    assert [dict(p.key)["profession"] for p in held.rows("amount", date(2023, 4, 1))] == ["nurse"]
    assert held.rows("nothing", MID) == ()
    assert [p.name for p in held.in_force(date(2024, 1, 1))] == ["rate", "shards", "allowed", "deadline", "word"]


@pytest.mark.parametrize(
    ("on", "there"),
    [(date(2023, 2, 28), False), (date(2023, 3, 1), True), (date(2023, 3, 31), True), (date(2023, 4, 1), False)],
)
def test_the_first_and_the_last_day_of_a_row_belong_to_it(held: ParameterSet, on: date, there: bool) -> None:
    for rows in (held.rows("amount", on), held.in_force(on)):
        assert ("physician" in [dict(p.key).get("profession") for p in rows]) is there


def test_a_parameter_is_written_with_its_days_and_its_source(held: ParameterSet) -> None:
    source = {"act": "An act", "article": "article 1", "url": "https://example.org/act"}
    assert held.find("rate", MID).as_dict() == {
        "name": "rate",
        "key": {},
        "value": "0.20",
        "unit": "share",
        "from": "2023-01-01",
        "until": "2023-06-30",
        "basis": "official",
        "source": source,
    }
    assert held.find("deadline", MID).as_dict()["value"] == "2023-11-30"
    assert held.find("shards", MID).as_dict()["value"] == 32
    assert held.find("allowed", MID).as_dict()["value"] is True
    assert held.find("shards", MID).as_dict()["until"] is None
    assert held.find("shards", MID).as_dict()["unit"] == ""
    assert Source(**source).written == source


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("until = 2023-06-30", "until = 2023-07-01", "two values on one day"),
        ('name = "shards"\nsource = "act"', 'name = "shards"', "shards lacks"),
        ('name = "shards"\nsource = "act"\nfrom = 2023-01-01', 'name = "shards"\nsource = "act"', "shards lacks"),
        ('name = "shards"\nsource = "act"', 'name = "shards"\nsource = "nowhere"', "shards lacks"),
        ('{ profession = "nurse", value = 945.95 }', '{ profession = "nurse" }', "amount lacks"),
        (
            "from = 2023-07-01\nvalue = 0.25",
            "from = 2022-01-01\nuntil = 2023-01-01\nvalue = 0.25",
            "two values on one day",
        ),
        ("value = 32", "valeu = 32", "shards lacks 'value'"),
        ("until = 2023-06-30", "until = 2022-12-31", "ends before"),
    ],
    ids=[
        "overlap",
        "overlap of one day, turned around",
        "no source",
        "no day",
        "unknown source",
        "no value in a row",
        "no value",
        "turned around",
    ],
)
def test_a_file_with_a_hole_is_refused_whole(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError, match=said):
        read_parameters("2023", TEXT.replace(old, new))


def test_a_value_may_hold_for_one_day_and_end_the_day_before_the_next() -> None:
    text = TEXT.replace("from = 2023-07-01\nvalue = 0.25", "from = 2022-12-31\nuntil = 2022-12-31\nvalue = 0.25")
    assert text != TEXT
    held = read_parameters("2023", text)
    assert [held.decimal("rate", date(2022, 12, 31)), held.decimal("rate", date(2023, 1, 1))] == [
        Decimal("0.25"),
        Decimal("0.20"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "within"),
    [
        (date(2022, 12, 1), date(2022, 12, 31), False),
        (date(2022, 12, 1), date(2023, 1, 1), True),
        (date(2023, 3, 1), date(2023, 3, 31), True),
        (date(2022, 1, 1), date(2024, 1, 1), True),
        (date(2023, 6, 30), date(2023, 7, 31), True),
        (date(2023, 7, 1), date(2023, 7, 31), False),
    ],
)
def test_a_value_lies_within_days_of_which_it_has_one(
    held: ParameterSet, first: date, last: date, within: bool
) -> None:
    assert held.find("rate", date(2023, 1, 1)).lies_within(first, last) is within


# --- values that are published, and not by the authority ------------------------------------------

NOT_OFFICIAL = """
version = "1"

[sources.act]
act = "An act"
article = "1"
url = "https://example.org/act"

[sources.paper]
act = "A paper"
article = "2"
url = "https://example.org/paper"
basis = "secondary"

[sources.table]
act = "A table"
article = "3"
url = "https://example.org/table"
basis = "derived"
arithmetic = "from the table"

[[parameter]]
name = "rate"
source = "act"
from = 2023-01-01
rows = [
    { until = 2023-12-31, value = 1.00 },
    { from = 2024-01-01, until = 2024-12-31, value = 2.00, source = "paper" },
    { from = 2025-01-01, until = 2025-12-31, value = 4.00, basis = "derived", arithmetic = "2 × 2.00" },
    { from = 2026-01-01, until = 2026-12-31, value = 5.00, source = "table", final = true },
]

[[parameter]]
name = "amount"
source = "table"
from = 2023-01-01
until = 2026-12-31
rows = [
    { profession = "nurse", specialism = "b", value = 1 },
    { profession = "nurse", specialism = "a", value = 2 },
    { profession = "nurse", specialism = "a", value = 3, from = 2022-01-01, until = 2022-12-31 },
    { profession = "nurse", value = 4, basis = "official", arithmetic = "no matter" },
]
"""
LETTER = Source("a letter", "", "")


@pytest.fixture
def unsure() -> ParameterSet:
    return read_parameters("set", NOT_OFFICIAL)


def supplied(name: str, value: str, first: date, last: date, **key: str) -> Parameter:
    return Parameter(name, tuple(sorted(key.items())), Decimal(value), "", first, last, LETTER, "supplied")


def test_a_value_is_official_and_not_the_last_one_unless_it_says_otherwise() -> None:
    value = Parameter("rate", (), 1, "", MID, LAST_DAY, LETTER)
    assert (value.basis, value.arithmetic, value.final) == ("official", "", False)


def test_a_row_has_its_own_basis_or_that_of_its_source(unsure: ParameterSet) -> None:
    assert [(p.basis, p.arithmetic, p.final) for p in unsure.parameters] == [
        ("official", "", False),
        ("secondary", "", False),
        ("derived", "2 × 2.00", False),
        ("derived", "from the table", True),
        *[("derived", "from the table", False)] * 3,
        ("official", "", False),
    ]


def test_how_sure_a_value_is_says_not_for_whom_it_is(unsure: ParameterSet) -> None:
    assert {p.key for p in unsure.parameters if p.name == "rate"} == {()}


def test_arithmetic_is_written_of_a_derived_value_only(unsure: ParameterSet) -> None:
    secondary, derived = (unsure.find("rate", date(year, 6, 1)).as_dict() for year in (2024, 2025))
    assert (secondary["basis"], "arithmetic" in secondary) == ("secondary", False)
    assert (derived["basis"], derived["arithmetic"]) == ("derived", "2 × 2.00")


@pytest.mark.parametrize(
    ("old", "new", "basis"),
    [
        (', arithmetic = "2 × 2.00"', "", "derived"),
        ('basis = "secondary"', 'basis = "hearsay"', "hearsay"),
        ('basis = "secondary"', 'basis = "supplied"', "supplied"),
    ],
)
def test_a_basis_that_is_none_or_lacks_its_arithmetic_is_refused(old: str, new: str, basis: str) -> None:
    assert old in NOT_OFFICIAL
    with pytest.raises(ValueError, match=f"a row of rate is {basis}, which is no basis or lacks its arithmetic"):
        read_parameters("set", NOT_OFFICIAL.replace(old, new))


def test_a_set_of_official_values_notes_nothing_and_stays_itself(held: ParameterSet) -> None:
    assert held.noting() is held
    assert held.origin is held
    assert (held.noted, held.supplied) == ((), ())
    held.note(supplied("rate", "1", MID, MID))
    assert held.noted == ()


def test_a_set_of_which_one_value_is_not_official_notes(unsure: ParameterSet) -> None:
    view = unsure.noting()
    assert view is not unsure
    assert view.origin is unsure
    assert (view.name, view.version, view.sha256) == (unsure.name, unsure.version, unsure.sha256)
    assert (view.noted, view.supplied) == ((), ())


def test_only_values_that_are_not_official_are_noted_by_name_key_and_first_day(unsure: ParameterSet) -> None:
    view = unsure.noting()
    for year in (2023, 2025, 2024, 2025):
        assert view.find("rate", date(year, 6, 1)) == unsure.find("rate", date(year, 6, 1))
    for on in (date(2023, 6, 1), date(2022, 6, 1)):
        view.find("amount", on, specialism="a", profession="nurse")
    view.find("amount", MID, profession="nurse", specialism="b")
    view.find("amount", MID, profession="nurse")
    assert [(p.name, p.value) for p in view.noted] == [
        *(("amount", 3), ("amount", 2), ("amount", 1)),
        *(("rate", Decimal("2.00")), ("rate", Decimal("4.00"))),
    ]


def test_a_value_is_noted_when_it_is_sought_and_not_when_it_is_only_looked_at(unsure: ParameterSet) -> None:
    on, view = date(2024, 6, 1), unsure.noting()
    assert view.published("rate", on) == view.known("rate", on) == unsure.find("rate", on)
    assert not view.noted
    assert view.seek("rate", on) == unsure.find("rate", on)
    assert view.noted == (unsure.find("rate", on),)


def test_a_set_finds_what_it_publishes_and_says_where_it_has_nothing(held: ParameterSet, unsure: ParameterSet) -> None:
    for any_set in (held, unsure.noting()):
        assert any_set.seek("rate", MID) is any_set.known("rate", MID) is any_set.published("rate", MID)
        assert any_set.seek("rate", MID) is not None
        for looking in (any_set.seek, any_set.known, any_set.published):
            assert looking("rate", date(2022, 12, 31)) is None
        with pytest.raises(ParameterUnknownError):
            any_set.find("rate", date(2022, 12, 31))


FIRST, LAST = date(2027, 1, 1), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("on", "there"),
    [(date(2026, 12, 31), False), (FIRST, True), (LAST, True), (date(2027, 7, 1), False)],
)
def test_a_supplied_value_is_found_on_its_days_where_none_is_published(
    held: ParameterSet, on: date, there: bool
) -> None:
    given = supplied("amount", "3.00", FIRST, LAST, specialism="ent", profession="physician")
    another = supplied("amount", "4.00", FIRST, LAST, profession="nurse")
    view = held.noting((another, given))
    assert view.supplied == (another, given)
    assert view.seek("amount", on, specialism="ent", profession="physician") == (given if there else None)
    assert view.noted == ((given,) if there else ())
    assert view.published("amount", on, specialism="ent", profession="physician") is None


def test_a_published_value_goes_before_a_supplied_one(held: ParameterSet) -> None:
    view = held.noting((supplied("rate", "3.00", date(2023, 1, 1), LAST),))
    assert view.decimal("rate", MID) == Decimal("0.20")
    assert view.noted == ()


def test_a_supplied_whole_number_may_be_written_with_decimals(held: ParameterSet) -> None:
    assert held.noting((supplied("days", "30.00", FIRST, LAST),)).integer("days", FIRST) == 30
    with pytest.raises(TypeError):
        held.noting((supplied("days", "30.01", FIRST, LAST),)).integer("days", FIRST)
