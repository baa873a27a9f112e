"""The cast of the made-up year: one person for each limit of each rule, by name."""

from collections.abc import Iterator
from typing import Any

from local.opinions.year.oracle import PREMIUM, THRESHOLD
from local.opinions.year.people import Maker, Person, Practice

NURSE, MIDWIFE, DENTIST, GP = (
    ("nurse", ""),
    ("midwife", ""),
    ("dentist", "general-dentistry"),
    ("physician", "general-practice"),
)
ALWAYS = [(1, "full", "2022-01-01", "")]
REACHED, IN_JULY, NEVER = (1, 2), (-1, 0), (-1, -1)
"""Cents above the threshold in the first semester and in the whole year."""
Row = tuple[str, str]


class Cast:
    """Makes one person at a time; what is not said is in order: conventioned, active, with an account."""

    def __init__(self, make: Maker) -> None:
        self.make = make

    def practice(self, person: Person, row: Row, activity: tuple[int, int] | None = REACHED, **facts: Any) -> Practice:
        """A practice with `activity` beside the threshold; `facts`: fields of `Practice`, its first training, hours."""
        practice = self.make.practice(person, *row, number=facts.pop("number", ""), stage=facts.pop("stage", 1))
        if activity and row[0] != "pharmacist":
            threshold = THRESHOLD[row]
            practice.s1 = [("ambulatory", threshold + activity[0])]
            practice.year = [("ambulatory", threshold + activity[1])]
        stage, insz, training, hours = practice.records[0]
        practice.records[0] = (stage, insz, facts.pop("training", training), facts.pop("hours", hours))
        practice.conventions = list(ALWAYS)
        for name, value in facts.items():
            setattr(practice, name, value)
        return practice

    def person(
        self, *rows: tuple[Row, tuple[int, int] | None], accounts: tuple[str, ...] = ("2023-03-01",), **facts: Any
    ) -> Person:
        """A person with these practices; `facts` go to every one of them."""
        person = self.make.person()
        for row, activity in rows:
            self.practice(person, row, activity, **facts)
        person.accounts = [self.make.account(person, day) for day in accounts]
        return person


def the_cast(make: Maker) -> Iterator[tuple[str, Person]]:
    """Every member of the cast with a name."""
    cast = Cast(make)
    for scene in (
        _scenarios,
        _thresholds,
        _conventions,
        _numbers,
        _exemptions,
        _accounts,
        _pharmacies,
        _years,
        _several,
        _identities,
    ):
        yield from scene(cast)


def _scenarios(cast: Cast) -> Iterator[tuple[str, Person]]:
    """The five that the source writes out for persons with several professions."""
    yield "scenario-1", cast.person((DENTIST, IN_JULY), (NURSE, IN_JULY))
    yield "scenario-2", cast.person((DENTIST, NEVER), (NURSE, NEVER))
    yield "scenario-3", cast.person((DENTIST, REACHED), (NURSE, IN_JULY))
    yield "scenario-4", cast.person((NURSE, REACHED), (MIDWIFE, IN_JULY))
    yield "scenario-5", cast.person((NURSE, REACHED), (MIDWIFE, NEVER))


def _thresholds(cast: Cast) -> Iterator[tuple[str, Person]]:
    for row in PREMIUM:
        if row[0] != "pharmacist":
            name = row[1] or row[0]
            yield f"exactly-at-threshold/{name}", cast.person((row, (0, 0)))
            yield f"one-cent-below/{name}", cast.person((row, NEVER))
            yield f"reached-in-the-year/{name}", cast.person((row, IN_JULY))
    threshold = THRESHOLD[GP]
    for setting in ("day-hospital", "inpatient"):
        elsewhere = [(setting, threshold * 3)]
        yield f"only-{setting}", cast.person((GP, None), s1=elsewhere, year=elsewhere)
        below = [("ambulatory", threshold - 1), (setting, threshold)]
        yield f"one-cent-below-with-{setting}", cast.person((GP, None), s1=below, year=below)
    yield "no-amounts", cast.person((NURSE, None))
    corrected = cast.person((NURSE, NEVER))
    corrected.practices[0].s1_corrected = [("ambulatory", THRESHOLD[NURSE])]
    corrected.practices[0].year = [("ambulatory", THRESHOLD[NURSE])]
    yield "amount-corrected-by-a-later-file", corrected


def _conventions(cast: Cast) -> Iterator[tuple[str, Person]]:
    rows: dict[str, list[tuple[int, str, str, str]]] = {
        "from-15-february": [(1, "full", "2023-02-15", "")],
        "from-16-february": [(1, "full", "2023-02-16", "")],
        "gap-of-one-day": [(1, "full", "2023-01-01", "2023-06-29"), (1, "full", "2023-07-01", "")],
        "two-periods-that-meet": [(1, "full", "2023-01-01", "2023-06-30"), (1, "full", "2023-07-01", "")],
        "ends-30-december": [(1, "full", "2023-01-01", "2023-12-30")],
        "ends-31-december": [(1, "full", "2023-01-01", "2023-12-31")],
        "ends-the-day-before-evaluation": [(1, "full", "2023-01-01", "2023-12-04")],
        "ends-on-evaluation-day": [(1, "full", "2023-01-01", "2023-12-05")],
        "ends-the-day-after-evaluation": [(1, "full", "2023-01-01", "2023-12-06")],
        "partially-conventioned": [(1, "partial", "2022-01-01", "")],
        "partial-until-14-february": [(1, "partial", "2022-01-01", "2023-02-14"), (1, "full", "2023-02-15", "")],
        "partial-for-one-day": [
            (1, "full", "2022-01-01", "2023-08-31"),
            (1, "partial", "2023-09-01", "2023-09-01"),
            (1, "full", "2023-09-02", ""),
        ],
        "not-conventioned": [(1, "none", "2022-01-01", "")],
        "no-convention-row": [],
        "left-on-31-december": [*ALWAYS, (2, "none", "2023-12-31", "")],
        "left-on-1-january-2024": [*ALWAYS, (2, "none", "2024-01-01", "")],
        "later-row-that-covers-no-new-day": [*ALWAYS, (2, "full", "2022-01-01", "2023-12-30")],
        "gap-closed-later": [
            (1, "full", "2023-01-01", "2023-06-29"),
            (1, "full", "2023-07-01", ""),
            (2, "full", "2023-06-30", "2023-06-30"),
        ],
    }
    for name, conventions in rows.items():
        yield f"convention/{name}", cast.person((NURSE, REACHED), conventions=conventions)
    speech = ("speech-therapist", "")
    clause = {
        "from-3-march": [(1, "full", "2023-03-03", "")],
        "from-4-march": [(1, "full", "2023-03-04", "")],
        "left-and-came-back": [
            (1, "full", "2022-01-01", "2023-02-19"),
            (1, "none", "2023-02-20", "2023-03-02"),
            (1, "full", "2023-03-03", ""),
        ],
    }
    for name, conventions in clause.items():
        yield f"amendment-clause/{name}", cast.person((speech, REACHED), conventions=conventions)
    yield (
        "amendment-clause/number-of-may",
        cast.person((speech, REACHED), granted="2023-05-01", conventions=[(1, "full", "2023-05-01", "")]),
    )
    yield (
        "amendment-clause/number-of-february",
        cast.person((speech, REACHED), granted="2023-02-20", conventions=[(1, "full", "2023-03-03", "")]),
    )


def _numbers(cast: Cast) -> Iterator[tuple[str, Person]]:
    for granted in (
        "2022-11-30",
        "2023-01-01",
        "2023-02-15",
        "2023-02-16",
        "2023-06-01",
        "2023-12-05",
        "2023-12-06",
        "2023-12-31",
        "2024-01-01",
    ):
        yield (
            f"number-granted/{granted}",
            cast.person((NURSE, REACHED), granted=granted, conventions=[(1, "full", granted, "")]),
        )
    late = [(1, "full", "2023-06-02", "")]
    yield (
        "number-granted/conventioned-a-day-later",
        cast.person((NURSE, REACHED), granted="2023-06-01", conventions=late),
    )


def _exemptions(cast: Cast) -> Iterator[tuple[str, Person]]:
    for row in (GP, NURSE, ("physiotherapist", "")):
        for hours in ("7.59", "7.60", "7.61"):
            yield f"medical-house/{row[0]}-{hours}", cast.person((row, None), hours=hours)
    yield "medical-house/too-few-hours-but-amounts", cast.person((GP, REACHED), hours="4.00")
    yield "medical-house/hours-and-no-amounts-in-the-year", cast.person((GP, None), hours="38.00")
    fewer = cast.person((NURSE, None), hours="19.00")
    fewer.practices[0].records.append((2, fewer.insz, "no", "7.59"))
    yield "medical-house/fewer-hours-later", fewer
    yield "training/physician", cast.person((GP, None), training="yes")
    yield "training/dentist", cast.person((DENTIST, None), training="yes")
    yield "training/in-a-medical-house", cast.person((GP, None), training="yes", hours="2.00")
    yield "training/without-account", cast.person((GP, None), training="yes", accounts=())
    yield (
        "training/partially-conventioned",
        cast.person((GP, None), training="yes", conventions=[(1, "partial", "2022-01-01", "")]),
    )
    ended = cast.person((GP, NEVER), training="yes")
    ended.practices[0].records.append((2, ended.insz, "no", ""))
    yield "training/was-not-in-training-after-all", ended


def _accounts(cast: Cast) -> Iterator[tuple[str, Person]]:
    for day in ("2023-11-30", "2023-12-01", "2024-05-31", "2024-06-01"):
        yield f"account/{day}", cast.person((NURSE, REACHED), accounts=(day,))
    yield "account/none", cast.person((NURSE, REACHED), accounts=())
    yield "account/changed-before-evaluation", cast.person((NURSE, REACHED), accounts=("2023-03-01", "2023-12-04"))
    yield "account/changed-after-the-deadline", cast.person((NURSE, IN_JULY), accounts=("2023-03-01", "2024-06-10"))
    yield "account/changed-after-evaluation", cast.person((NURSE, IN_JULY), accounts=("2023-03-01", "2024-06-20"))
    yield "account/reached-in-the-year-and-registered-in-may", cast.person((NURSE, IN_JULY), accounts=("2024-05-02",))
    for name, iban, holder in (
        ("of-an-unknown-bank", cast.make.iban_of_unknown_bank(), ""),
        ("in-the-netherlands", cast.make.foreign_iban("NL"), ""),
        ("in-germany", cast.make.foreign_iban("DE"), ""),
        ("in-luxembourg", cast.make.foreign_iban("LU"), ""),
        ("of-a-holder-that-is-a-formula", "", '=HYPERLINK("http://example.org")'),
        ("of-a-holder-with-a-semicolon", "", "Dr. Claes; Maes BV"),
    ):
        person = cast.person((NURSE, REACHED), accounts=())
        person.accounts = [cast.make.account(person, "2023-03-01", iban, holder)]
        yield f"account/{name}", person


def _pharmacies(cast: Cast) -> Iterator[tuple[str, Person]]:
    titular = ("pharmacist", "")
    cast.make.offices.append(("office-late", "Tariff office Late", cast.make.iban(), 2))
    gone = [(1, "none", "2022-01-01", "")]
    yield "pharmacy/one-titular", cast.person((titular, None), accounts=())
    yield "pharmacy/not-conventioned", cast.person((titular, None), conventions=gone)
    yield "pharmacy/office-without-account", cast.person((titular, None), office="office-unknown")
    yield "pharmacy/office-with-a-late-account", cast.person((titular, None), office="office-late")
    for name, members in (
        ("of-two-titulars", {"lower": ALWAYS, "higher": ALWAYS}),
        ("of-two-titulars-one-conventioned", {"lower": gone, "higher": ALWAYS}),
        ("of-three-titulars", {"first": gone, "second": ALWAYS, "third": ALWAYS}),
        ("whose-titular-leaves", {"paid": [*ALWAYS, (2, "none", "2023-12-15", "")], "next": ALWAYS}),
        (
            "whose-lower-titular-comes-back",
            {
                "lower": [
                    (1, "none", "2023-06-30", "2023-06-30"),
                    (1, "full", "2022-01-01", "2023-06-29"),
                    (1, "full", "2023-07-01", ""),
                    (2, "full", "2023-06-30", "2023-06-30"),
                ],
                "paid": ALWAYS,
            },
        ),
    ):
        pharmacy = cast.make.pharmacy()
        numbers = sorted(cast.make.number("pharmacist") for _ in members)
        for number, (who, conventions) in zip(numbers, members.items(), strict=True):
            yield (
                f"pharmacy/{name}/{who}",
                cast.person(
                    (titular, None), number=number, pharmacy=pharmacy, office="office-1", conventions=list(conventions)
                ),
            )
    yield "pharmacy/one-titular-of-two", cast.person((titular, None), (titular, None))
    two_codes = cast.person((titular, None))
    cast.practice(two_codes, titular, None, number=_other_code(two_codes.practices[0].number))
    yield "pharmacy/one-titular-of-two-by-code", two_codes
    yield "pharmacy/also-a-nurse", cast.person((titular, None), (NURSE, REACHED))
    yield "pharmacy/also-a-nurse-office-without-account", _nurse_and_titular(cast)
    later = cast.person((NURSE, REACHED))
    cast.practice(later, titular, None, stage=2)
    yield "pharmacy/a-nurse-proves-to-be-titular", later


def _nurse_and_titular(cast: Cast) -> Person:
    person = cast.person((NURSE, REACHED))
    cast.practice(person, ("pharmacist", ""), None, office="office-late")
    return person


def _years(cast: Cast) -> Iterator[tuple[str, Person]]:
    threshold = THRESHOLD[NURSE]
    for name, first, year in (
        ("missing-after-payment", threshold, None),
        ("missing", threshold - 1, None),
        ("lower-below-threshold", threshold, threshold - 1),
        ("lower-above-threshold", threshold + 2, threshold + 1),
        ("equal", threshold, threshold),
    ):
        amounts: dict[str, Any] = {
            "s1": [("ambulatory", first)],
            "year": [("ambulatory", year)] if year is not None else [],
        }
        yield f"year-amount/{name}", cast.person((NURSE, None), **amounts)
    both = [("ambulatory", threshold), ("inpatient", 500)]
    yield (
        "year-amount/lower-only-as-inpatient",
        cast.person((NURSE, None), s1=both, year=[("ambulatory", threshold), ("inpatient", 400)]),
    )
    yield "year-amount/only-in-the-year", cast.person((NURSE, None), year=[("ambulatory", threshold)])


def _several(cast: Cast) -> Iterator[tuple[str, Person]]:
    yield (
        "several/three-professions",
        cast.person((NURSE, REACHED), (MIDWIFE, REACHED), (("speech-therapist", ""), IN_JULY)),
    )
    yield "several/equal-premiums", cast.person((GP, REACHED), (("pharmacist-biologist", ""), REACHED))
    two = cast.person((("physician", "cardiology"), NEVER))
    cast.practice(two, ("physician", "internal-medicine"), REACHED, number=_other_code(two.practices[0].number))
    yield "several/two-specialisms-of-one-number", two
    wins = cast.person((NURSE, REACHED))
    wins.practices[0].conventions = [*ALWAYS, (2, "none", "2023-12-20", "")]
    cast.practice(wins, MIDWIFE, IN_JULY)
    yield "several/paid-one-falls-away-and-a-higher-is-won", wins
    loses = cast.person((DENTIST, REACHED))
    loses.practices[0].conventions = [*ALWAYS, (2, "none", "2023-12-20", "")]
    cast.practice(loses, NURSE, REACHED)
    yield "several/paid-one-falls-away-and-a-lower-remains", loses
    half = THRESHOLD[NURSE] // 2
    codes = cast.person((NURSE, None), s1=[("ambulatory", half)], year=[("ambulatory", half)])
    codes.practices[0].conventions = [(1, "full", "2022-01-01", "2023-06-30")]
    rest = [("ambulatory", THRESHOLD[NURSE] - half)]
    cast.practice(
        codes,
        NURSE,
        None,
        number=_other_code(codes.practices[0].number),
        s1=rest,
        year=rest,
        conventions=[(1, "full", "2023-07-01", "")],
    )
    yield "several/two-codes-that-add-up", codes


def _identities(cast: Cast) -> Iterator[tuple[str, Person]]:
    """A number that comes with a second INSZ: alone, with its explanation, before or after the first payment."""
    for name, stage, explained in (
        ("second-number-unexplained", 1, 0),
        ("second-number-explained", 1, 1),
        ("second-number-later-unexplained", 2, 0),
        ("second-number-later-explained", 2, 2),
    ):
        person = cast.person((NURSE, REACHED))
        new = cast.make.insz()
        number = person.practices[0].number
        if stage == 2:
            person.practices[0].records.append((2, new, "no", ""))
        else:
            second = cast.practice(person, NURSE, None, number=_other_code(number))
            second.records[0] = (1, new, "no", "")
        if explained:
            person.identities = [(explained, person.insz, new)]
        yield f"identity/{name}", person
    yield "partner/rows-of-another-partner", cast.person((NURSE, REACHED))
    unrelated = cast.person((MIDWIFE, IN_JULY))
    old, new = unrelated.insz, cast.make.insz()
    unrelated.identities = [(2, old, new)]
    nurse = cast.practice(unrelated, NURSE, REACHED)
    nurse.records[0] = (1, old, "no", "")
    unrelated.practices[0].records = [(2, new, "no", "")]
    unrelated.practices[0].conventions = [(2, "full", "2022-01-01", "")]
    unrelated.practices[0].s1 = []
    yield "identity/new-practice-under-the-new-number", unrelated


def _other_code(number: str) -> str:
    """The same eight digits with another competence code."""
    return number[:8] + ("002" if number[8:] != "002" else "005")
