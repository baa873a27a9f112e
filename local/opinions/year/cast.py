"""The cast of the made-up year: one person for each limit of each rule, by name."""

from collections.abc import Iterator

from local.opinions.year.cast_of_several import the_several
from local.opinions.year.casting import DENTIST, GP, IN_JULY, MIDWIFE, NEVER, NURSE, REACHED, Cast
from local.opinions.year.figures import KNOWN_ROWS, YearFigures, day, written_day
from local.opinions.year.people import Maker, Person


def the_cast(make: Maker, figures: YearFigures) -> Iterator[tuple[str, Person]]:
    """Every member of the cast with a name."""
    cast = Cast(make, figures)
    for scene in (_scenarios, _thresholds, _conventions, _numbers, _exemptions, _accounts, the_several):
        yield from scene(cast)


def _scenarios(cast: Cast) -> Iterator[tuple[str, Person]]:
    """The five that the source writes out for persons with several professions."""
    yield "scenario-1", cast.person((DENTIST, IN_JULY), (NURSE, IN_JULY))
    yield "scenario-2", cast.person((DENTIST, NEVER), (NURSE, NEVER))
    yield "scenario-3", cast.person((DENTIST, REACHED), (NURSE, IN_JULY))
    yield "scenario-4", cast.person((NURSE, REACHED), (MIDWIFE, IN_JULY))
    yield "scenario-5", cast.person((NURSE, REACHED), (MIDWIFE, NEVER))


def _thresholds(cast: Cast) -> Iterator[tuple[str, Person]]:
    for row in KNOWN_ROWS:
        if row[0] != "pharmacist":
            name = row[1] or row[0]
            yield f"exactly-at-threshold/{name}", cast.person((row, (0, 0)))
            yield f"one-cent-below/{name}", cast.person((row, NEVER))
            yield f"reached-in-the-year/{name}", cast.person((row, IN_JULY))
    threshold = cast.threshold(GP)
    for setting in ("day-hospital", "inpatient"):
        elsewhere = [(setting, threshold * 3)]
        yield f"only-{setting}", cast.person((GP, None), s1=elsewhere, year=elsewhere)
        below = [("ambulatory", threshold - 1), (setting, threshold)]
        yield f"one-cent-below-with-{setting}", cast.person((GP, None), s1=below, year=below)
    yield "no-amounts", cast.person((NURSE, None))
    corrected = cast.person((NURSE, NEVER))
    corrected.practices[0].s1_corrected = [("ambulatory", cast.threshold(NURSE))]
    corrected.practices[0].year = [("ambulatory", cast.threshold(NURSE))]
    yield "amount-corrected-by-a-later-file", corrected


def _conventions(cast: Cast) -> Iterator[tuple[str, Person]]:
    on, always, before = cast.on, cast.always, cast.before
    first, looked = cast.figures.first_day, cast.looked_until
    rows: dict[str, list[tuple[int, str, str, str]]] = {
        "from-the-first-day": [(1, "full", written_day(first), "")],
        "from-a-day-late": [(1, "full", written_day(first + 1), "")],
        "gap-of-one-day": [(1, "full", on("01-01"), on("06-29")), (1, "full", on("07-01"), "")],
        "two-periods-that-meet": [(1, "full", on("01-01"), on("06-30")), (1, "full", on("07-01"), "")],
        "ends-30-december": [(1, "full", on("01-01"), on("12-30"))],
        "ends-31-december": [(1, "full", on("01-01"), on("12-31"))],
        "ends-the-day-before-evaluation": [(1, "full", on("01-01"), written_day(looked - 1))],
        "ends-on-evaluation-day": [(1, "full", on("01-01"), written_day(looked))],
        "ends-the-day-after-evaluation": [(1, "full", on("01-01"), written_day(looked + 1))],
        "partially-conventioned": [(1, "partial", before, "")],
        "partial-until-the-day-before-the-first": [
            (1, "partial", before, written_day(first - 1)),
            (1, "full", written_day(first), ""),
        ],
        "partial-for-one-day": [
            (1, "full", before, on("08-31")),
            (1, "partial", on("09-01"), on("09-01")),
            (1, "full", on("09-02"), ""),
        ],
        "not-conventioned": [(1, "none", before, "")],
        "no-convention-row": [],
        "left-on-31-december": [*always, (2, "none", on("12-31"), "")],
        "left-on-1-january-of-the-next-year": [*always, (2, "none", cast.next("01-01"), "")],
        "later-row-that-covers-no-new-day": [*always, (2, "full", before, on("12-30"))],
        "gap-closed-later": [
            (1, "full", on("01-01"), on("06-29")),
            (1, "full", on("07-01"), ""),
            (2, "full", on("06-30"), on("06-30")),
        ],
    }
    for name, conventions in rows.items():
        yield f"convention/{name}", cast.person((NURSE, REACHED), conventions=conventions)
    for profession, end in cast.figures.notification.items():
        yield from _amendment_clause(cast, profession, end)


def _amendment_clause(cast: Cast, profession: str, end: int) -> Iterator[tuple[str, Person]]:
    """A profession whose convention is required from the end of its notification period."""
    row = next(row for row in KNOWN_ROWS if row[0] == profession)
    from_end = (1, "full", written_day(end), "")
    clause = {
        "from-its-end": [from_end],
        "from-a-day-after-its-end": [(1, "full", written_day(end + 1), "")],
        "left-and-came-back": [
            (1, "full", cast.before, written_day(end - 12)),
            (1, "none", written_day(end - 11), written_day(end - 1)),
            from_end,
        ],
    }
    for name, conventions in clause.items():
        yield f"amendment-clause/{name}", cast.person((row, REACHED), conventions=conventions)
    granted = cast.on("05-01")
    yield (
        "amendment-clause/number-of-may",
        cast.person((row, REACHED), granted=granted, conventions=[(1, "full", granted, "")]),
    )
    yield (
        "amendment-clause/number-granted-before-its-end",
        cast.person((row, REACHED), granted=written_day(end - 11), conventions=[from_end]),
    )


def _numbers(cast: Cast) -> Iterator[tuple[str, Person]]:
    first, looked, year = cast.figures.first_day, cast.looked_until, cast.figures.year
    days = (
        *(f"{year - 1}-11-30", cast.on("01-01"), written_day(first), written_day(first + 1), cast.on("06-01")),
        *(written_day(looked), written_day(looked + 1), cast.on("12-31"), cast.next("01-01")),
    )
    for granted in dict.fromkeys(days):
        yield (
            f"number-granted/{granted}",
            cast.person((NURSE, REACHED), granted=granted, conventions=[(1, "full", granted, "")]),
        )
    late = [(1, "full", cast.on("06-02"), "")]
    yield (
        "number-granted/conventioned-a-day-later",
        cast.person((NURSE, REACHED), granted=cast.on("06-01"), conventions=late),
    )


def _exemptions(cast: Cast) -> Iterator[tuple[str, Person]]:
    needed = cast.figures.medical_house_hours or 760
    short, enough, more = (f"{h // 100}.{h % 100:02d}" for h in (needed - 1, needed, needed + 1))
    for row in (GP, NURSE, ("physiotherapist", "")):
        for hours in (short, enough, more):
            yield f"medical-house/{row[0]}-{hours}", cast.person((row, None), hours=hours)
    yield "medical-house/too-few-hours-but-amounts", cast.person((GP, REACHED), hours="4.00")
    yield "medical-house/hours-and-no-amounts-in-the-year", cast.person((GP, None), hours="38.00")
    fewer = cast.person((NURSE, None), hours="19.00")
    fewer.practices[0].records.append((2, fewer.insz, "no", short))
    yield "medical-house/fewer-hours-later", fewer
    yield "training/physician", cast.person((GP, None), training="yes")
    yield "training/dentist", cast.person((DENTIST, None), training="yes")
    yield "training/in-a-medical-house", cast.person((GP, None), training="yes", hours="2.00")
    yield "training/without-account", cast.person((GP, None), training="yes", accounts=())
    yield (
        "training/partially-conventioned",
        cast.person((GP, None), training="yes", conventions=[(1, "partial", cast.before, "")]),
    )
    ended = cast.person((GP, NEVER), training="yes")
    ended.practices[0].records.append((2, ended.insz, "no", ""))
    yield "training/was-not-in-training-after-all", ended


def _accounts(cast: Cast) -> Iterator[tuple[str, Person]]:
    in_march, deadline = cast.on("03-01"), cast.figures.account_deadline
    evaluated = {phase: day(on) for phase, on in cast.figures.evaluated.items()}
    for last in (deadline[1], deadline[1] + 1, deadline[2], deadline[2] + 1):
        yield f"account/{written_day(last)}", cast.person((NURSE, REACHED), accounts=(written_day(last),))
    yield "account/none", cast.person((NURSE, REACHED), accounts=())
    yield (
        "account/changed-before-evaluation",
        cast.person((NURSE, REACHED), accounts=(in_march, written_day(evaluated[1] - 1))),
    )
    yield (
        "account/changed-after-the-deadline",
        cast.person((NURSE, IN_JULY), accounts=(in_march, written_day(evaluated[2] - 5))),
    )
    yield (
        "account/changed-after-evaluation",
        cast.person((NURSE, IN_JULY), accounts=(in_march, written_day(evaluated[2] + 5))),
    )
    yield (
        "account/reached-in-the-year-and-registered-before-the-last-deadline",
        cast.person((NURSE, IN_JULY), accounts=(written_day(deadline[2] - 29),)),
    )
    for name, iban, holder in (
        ("of-an-unknown-bank", cast.make.iban_of_unknown_bank(), ""),
        ("in-the-netherlands", cast.make.foreign_iban("NL"), ""),
        ("in-germany", cast.make.foreign_iban("DE"), ""),
        ("in-luxembourg", cast.make.foreign_iban("LU"), ""),
        ("of-a-holder-that-is-a-formula", "", '=HYPERLINK("http://example.org")'),
        ("of-a-holder-with-a-semicolon", "", "Dr. Claes; Maes BV"),
    ):
        person = cast.person((NURSE, REACHED), accounts=())
        person.accounts = [cast.make.account(person, in_march, iban, holder)]
        yield f"account/{name}", person
