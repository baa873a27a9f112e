"""Parameters are data with days and sources; a day without a value is an error that names both."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest

from tegemoet.domain.parameters import ParameterSet, Source, read_parameters
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
