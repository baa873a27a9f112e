"""The part of the cast with pharmacies, several practices and identity numbers."""

from collections.abc import Iterator
from typing import Any

from local.opinions.year.casting import DENTIST, GP, IN_JULY, MIDWIFE, NEVER, NURSE, REACHED, Cast
from local.opinions.year.people import Person


def the_several(cast: Cast) -> Iterator[tuple[str, Person]]:
    """Each of them by name."""
    for scene in (_pharmacies, _years, _several, _identities):
        yield from scene(cast)


def _pharmacies(cast: Cast) -> Iterator[tuple[str, Person]]:
    titular = ("pharmacist", "")
    cast.make.offices.append(("office-late", "Tariff office Late", cast.make.iban(), 2))
    gone, always, on, before = [(1, "none", cast.before, "")], cast.always, cast.on, cast.before
    yield "pharmacy/one-titular", cast.person((titular, None), accounts=())
    yield "pharmacy/not-conventioned", cast.person((titular, None), conventions=gone)
    yield "pharmacy/office-without-account", cast.person((titular, None), office="office-unknown")
    yield "pharmacy/office-with-a-late-account", cast.person((titular, None), office="office-late")
    for name, members in (
        ("of-two-titulars", {"lower": always, "higher": always}),
        ("of-two-titulars-one-conventioned", {"lower": gone, "higher": always}),
        ("of-three-titulars", {"first": gone, "second": always, "third": always}),
        ("whose-titular-leaves", {"paid": [*always, (2, "none", on("12-15"), "")], "next": always}),
        (
            "whose-lower-titular-comes-back",
            {
                "lower": [
                    (1, "none", on("06-30"), on("06-30")),
                    (1, "full", before, on("06-29")),
                    (1, "full", on("07-01"), ""),
                    (2, "full", on("06-30"), on("06-30")),
                ],
                "paid": always,
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
    cast.practice(two_codes, titular, None, number=other_code(two_codes.practices[0].number))
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
    threshold = cast.threshold(NURSE)
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
    cast.practice(two, ("physician", "internal-medicine"), REACHED, number=other_code(two.practices[0].number))
    yield "several/two-specialisms-of-one-number", two
    wins = cast.person((NURSE, REACHED))
    wins.practices[0].conventions = [*cast.always, (2, "none", cast.on("12-20"), "")]
    cast.practice(wins, MIDWIFE, IN_JULY)
    yield "several/paid-one-falls-away-and-a-higher-is-won", wins
    loses = cast.person((DENTIST, REACHED))
    loses.practices[0].conventions = [*cast.always, (2, "none", cast.on("12-20"), "")]
    cast.practice(loses, NURSE, REACHED)
    yield "several/paid-one-falls-away-and-a-lower-remains", loses
    half = cast.threshold(NURSE) // 2
    codes = cast.person((NURSE, None), s1=[("ambulatory", half)], year=[("ambulatory", half)])
    codes.practices[0].conventions = [(1, "full", cast.before, cast.on("06-30"))]
    rest = [("ambulatory", cast.threshold(NURSE) - half)]
    cast.practice(
        codes,
        NURSE,
        None,
        number=other_code(codes.practices[0].number),
        s1=rest,
        year=rest,
        conventions=[(1, "full", cast.on("07-01"), "")],
    )
    yield "several/two-codes-that-add-up", codes


def _identities(cast: Cast) -> Iterator[tuple[str, Person]]:
    """A number that comes with a second INSZ, explained or not, before or after a payment."""
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
            second = cast.practice(person, NURSE, None, number=other_code(number))
            second.records[0] = (1, new, "no", "")
        if explained:
            person.identities = [(explained, person.insz, new)]
        yield f"identity/{name}", person
    yield "partner/rows-of-another-partner", cast.person((NURSE, REACHED))
    yield "partner/claimed-by-two", cast.person((NURSE, REACHED))
    yield "partner/account-of-another", cast.person((NURSE, REACHED))
    yield "partner/identity-of-another", cast.person((NURSE, REACHED))
    unrelated = cast.person((MIDWIFE, IN_JULY))
    old, new = unrelated.insz, cast.make.insz()
    unrelated.identities = [(2, old, new)]
    nurse = cast.practice(unrelated, NURSE, REACHED)
    nurse.records[0] = (1, old, "no", "")
    unrelated.practices[0].records = [(2, new, "no", "")]
    unrelated.practices[0].conventions = [(2, "full", cast.before, "")]
    unrelated.practices[0].s1 = []
    yield "identity/new-practice-under-the-new-number", unrelated


def other_code(number: str) -> str:
    """The same eight digits with another competence code."""
    return number[:8] + ("002" if number[8:] != "002" else "005")
