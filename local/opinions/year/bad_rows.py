"""Rows of every kind that break a rule, one way each."""

from collections.abc import Iterator

from local.opinions.year.files import COLUMNS
from local.opinions.year.people import Maker


def bad_rows(kind: str, make: Maker) -> Iterator[list[str]]:
    """Groups of lines that must be rejected: one line, or a pair whose lines contradict each
    other.

    Their days are of 2023 whatever the year: each of these lines is bad in any year.
    """
    makers = {
        "practices": _bad_practices,
        "conventions": _bad_conventions,
        "activity-s1": _bad_activity,
        "activity-year": _bad_activity,
        "accounts": _bad_accounts,
        "identities": _bad_identities,
        "tariff-offices": _bad_offices,
    }
    return makers[kind](make)


def _bad_practices(make: Maker) -> Iterator[list[str]]:
    def practice(**cells: str) -> str:
        row = dict.fromkeys(COLUMNS["practices"].split(), "")
        row |= {"insz": make.insz(), "riziv_number": make.number("nurse"), "profession": "nurse", "training": "no"}
        return ";".join((row | cells).values())

    for cells in (
        {"insz": make.wrong_insz()},
        {"riziv_number": make.wrong_number()},
        {"riziv_number": make.number("nurse")[:8]},
        {"profession": "magician"},
        {"profession": "physician", "specialism": "astrology"},
        {"profession": "physician"},
        {"specialism": "cardiology"},
        {"training": "yes"},
        {"training": ""},
        {"training": "ja"},
        {"number_granted_on": "2023-02-30"},
        {"number_granted_on": "01/03/2023"},
        {"medical_house_weekly_hours": "１２.50"},
        {"medical_house_weekly_hours": "-8"},
        {"medical_house_weekly_hours": "7h36"},
        {"pharmacy_id": "ph-1", "tariff_office": "office-1"},
        {"profession": "pharmacist"},
        {"profession": "pharmacist", "pharmacy_id": "ph-1"},
        {"specialism": "x" * 9000},
    ):
        yield [practice(**cells)]
    yield [practice() + ";one-too-many"]
    yield [practice().rsplit(";", 1)[0]]
    one = make.number("nurse")
    yield [practice(riziv_number=one), practice(riziv_number=one, profession="midwife")]


def _bad_conventions(make: Maker) -> Iterator[list[str]]:
    for cells in (
        "full;2023-02-30;",
        "full;2023-01-01;2023-13-01",
        "fully;2023-01-01;",
        "full;2023-06-01;2023-05-31",
        "full;;",
        "full;20230101;",
        "full;2020-01-01",
    ):
        yield [f"{make.number('nurse')};{cells}"]
    yield [f"{make.wrong_number()};full;2020-01-01;"]
    one = make.number("nurse")
    yield [f"{one};full;2023-01-01;2023-06-30", f"{one};none;2023-06-30;"]


def _bad_activity(make: Maker) -> Iterator[list[str]]:
    amounts = ("NaN", "1e5", "1.045,32", "１２３４５", "-100.00", "+5.00", "12.345", "Infinity", "1_000", "0x10")
    for amount in ("", "1 000.00", "9999999999999", "20000.00;EUR", *amounts):
        yield [f"{make.number('nurse')};ambulatory;{amount}"]
    yield [f"{make.number('nurse')};hospital;100.00"]
    yield [f"{make.number('nurse')};ambulatory"]
    yield [f"{make.wrong_number()};ambulatory;100.00"]
    one = make.number("nurse")
    yield [f"{one};ambulatory;20000.00", f"{one};ambulatory;20000.01"]


def _bad_accounts(make: Maker) -> Iterator[list[str]]:
    yield [f"{make.wrong_insz()};{make.name()};{make.iban()};2023-03-01;nl"]
    yield [f"{make.insz()};{make.name()};{make.wrong_iban()};2023-03-01;nl"]
    yield [f"{make.insz()};{make.name()};{make.foreign_iban('BR')};2023-03-01;nl"]
    for end in ("2023-02-29;nl", ";nl", "2023-03-01;en"):
        yield [f"{make.insz()};{make.name()};{make.iban()};{end}"]
    one = make.insz()
    yield [f"{one};{make.name()};{make.iban()};2023-03-01;nl", f"{one};{make.name()};{make.iban()};2023-03-01;nl"]
    good, number = "BE68539007547034", "70010100287"
    # made without the maker, whose persons and accounts would all be others
    for iban in (
        "BE68539007547035", "BE00539007547034", "BE01001000000082", "BE99001000000082", "BE42539007547033",
        "BE715390075470AB", "NL2712340417164300", "NL91ABNA041716430X",
    ):  # fmt: skip
        yield [f"{number};Janssens;{iban};2023-03-01;nl"]
    for holder in (
        "Jan\u202esreeteP",
        "Jan\u200bPeeters",
        "\u00a0",
        "Jan 70.01.01-002.87",
        f"x{number}y",
        "Jan\tPeeters",
    ):
        yield [f"{number};{holder};{good};2023-03-01;nl"]
    for order in ("000", "999"):
        body = f"700101{order}"
        yield [f"{body}{97 - int(body) % 97:02d};Janssens;{good};2023-03-01;nl"]


def _bad_identities(make: Maker) -> Iterator[list[str]]:
    yield [f"{make.wrong_insz()};{make.insz()}"]
    yield [f"{make.insz()};"]
    one = make.insz()
    yield [f"{one};{make.insz()}", f"{one};{make.insz()}"]


def _bad_offices(make: Maker) -> Iterator[list[str]]:
    yield [f"office-91;Tariff office 91;{make.wrong_iban()}"]
    for label in ("70010100287", "70.01.01-002.87", "office-700101-00287"):
        yield [f"{label};Tariff office;BE68539007547034"]
    yield [f"office 92;Tariff office 92;{make.iban()}"]
    yield [f"office-93;Tariff office 93;{make.iban()}", f"office-93;Tariff office 93;{make.iban()}"]
