"""The picture of where the money is: every cent of each part, in each language, on a telephone."""

import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import pytest

from tegemoet.application.drawing import width_of
from tegemoet.application.premium_year.money_picture import BAR, COLOURS, MARGIN, WIDTH, draw, stages
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.schemes.notation import languages

SVG = "{http://www.w3.org/2000/svg}"
MOST = 99_999_999_999
MONEY = Money(
    decided=1_000_00, not_written=100_00, in_ledger=900_00, in_files=900_00, accepted=500_00, pending=100_00,
    unanswered=50_00, rejected=120_00, returned=60_00, withdrawn=40_00, unclear=30_00, paid_again=150_00,
    recovered=7_01,
)  # fmt: skip


def picture(money: Money, language: str = "en") -> ET.Element:
    return ET.fromstring(draw(2023, money, language))  # noqa: S314 - what was drawn here


def texts(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()).replace("\u00a0", " ") for text in root.iter(f"{SVG}text")]


def bars(root: ET.Element) -> list[tuple[str, int]]:
    """Colour and length of each part of a bar, from above and from the left."""
    found = [each.attrib for each in root.iter(f"{SVG}rect") if each.get("height") == str(BAR)]
    return [(each["fill"], int(each["width"])) for each in found if each["fill"] in COLOURS.values()]


def test_every_part_of_the_money_has_its_amount() -> None:
    shown = texts(picture(MONEY))
    for amount in ("1,000.00", "100.00", "900.00", "500.00", "50.00", "120.00", "60.00", "40.00", "30.00", "150.00"):
        assert f"{amount} EUR" in shown, amount
    assert shown[-2:] == ["by care providers", "7.01 EUR"]
    assert shown[shown.index("not paid again yet") + 1] == "70.00 EUR"


@pytest.mark.parametrize("name", [field.name for field in fields(Money)])
def test_a_cent_more_of_anything_is_seen(name: str) -> None:
    more = replace(MONEY, **{name: getattr(MONEY, name) + 1})
    seen = draw(2023, more, "en") != draw(2023, MONEY, "en")
    assert seen is (name != "decided")  # the sum of its parts is drawn


def test_a_bar_is_as_long_as_its_share_of_what_was_decided() -> None:
    whole = WIDTH - 2 * MARGIN
    found = bars(picture(MONEY))
    assert found[0] == (COLOURS["in-ledger"], whole * 9 // 10)
    assert found[1] == (COLOURS["not-written"], whole // 10)
    assert found[3] == (COLOURS["accepted"], whole // 2)


def test_what_is_nothing_has_no_bar() -> None:
    assert [stage.name for stage in stages(Money(decided=1, in_ledger=1, without_file=1))] == ["decided", "ledger"]
    root = picture(Money())
    assert texts(root) == []
    assert "Nothing is paid yet." in "".join(root.itertext())


def test_more_is_never_paid_again_than_came_back() -> None:
    [_, back] = stages(Money(rejected=5, paid_again=9))
    assert back.parts == (("paid-again", 5), ("not-yet", 0))


@pytest.mark.parametrize("language", languages())
def test_the_largest_amounts_stand_beside_their_names(language: str) -> None:
    most = Money(*[MOST // 8] * len(fields(Money)))
    lines = [(text.attrib, "".join(text.itertext())) for text in picture(most, language).iter(f"{SVG}text")]
    for (name, said), (_, amount) in zip(lines[::2], lines[1::2], strict=True):
        size = int(name["font-size"])
        assert int(name["x"]) + width_of(said, size) + width_of(amount, size) <= WIDTH - MARGIN, said


@pytest.mark.parametrize("language", languages())
def test_the_picture_is_described_for_who_does_not_see_it(language: str) -> None:
    root = picture(MONEY, language)
    assert root.get("lang") == language
    description = "".join(root.find(f"{SVG}desc").itertext())  # type: ignore[union-attr]
    assert all(text in description for text in texts(root))
    assert float(root.get("viewBox", "").split()[3]) > 0
