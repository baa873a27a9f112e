"""A premium year whose released runs have letters of every kind that a decision can have."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.letters.of_run import letters_of
from tegemoet.application.premium_year.letters.record import Letter, Repayment, Transfer
from tegemoet.application.records import Run
from tegemoet.schemes.notation import languages
from tests.support.premium_world import (
    DECEMBER,
    JUNE,
    World,
    account,
    activity,
    convention,
    office,
    provider,
    riziv,
    two_shards,
)

PAID, REFUSED, WAITING, LATE = riziv(400_001), riziv(400_002), riziv(400_003), riziv(400_004)
UNDECIDED, MORE, OVERPAID, PHARMACY = riziv(400_005), riziv(400_006), riziv(400_007), riziv(210_001)
MORE_TOO = riziv(500_006, 501)
ENOUGH = 11_800
"""EUR in a semester that reach the threshold of a nurse."""


def rows() -> list[dict[str, object]]:
    """A provider for each kind of letter."""
    return [
        *provider("v1-paid", PAID, s1=ENOUGH),
        {**account("v1-paid", holder="Ann Peeters"), "language": "fr"},
        *provider("v1-refused", REFUSED, s1=ENOUGH)[:1],
        convention(REFUSED, "none"),
        {**account("v1-refused"), "language": "de"},
        *provider("v1-waiting", WAITING, s1=ENOUGH),
        *provider("v1-late", LATE, s1=ENOUGH),
        account("v1-late", day="2023-12-01"),
        *provider("v1-undecided", UNDECIDED, s1=1),
        account("v1-undecided"),
        *provider("v1-more", MORE, s1=ENOUGH),
        account("v1-more"),
        *provider("v1-overpaid", OVERPAID, s1=ENOUGH),
        account("v1-overpaid"),
        *provider("v1-pharmacist", PHARMACY, "pharmacist", pharmacy_id="ph-1", tariff_office="office-1"),
        office("office-1"),
    ]


def later_rows() -> list[dict[str, object]]:
    """What the year brings: another number with a higher premium, and a convention that ended."""
    return [
        *(activity(number, 2 * ENOUGH, whole_year=True) for number in (PAID, WAITING, LATE, MORE, OVERPAID)),
        *provider("v1-more", MORE_TOO, "midwife", s1=30_000),
        activity(MORE_TOO, 60_000, whole_year=True),
        convention(OVERPAID, "none", first="2023-12-15"),
    ]


@contextmanager
def released_year() -> Iterator[tuple[World, Run, Run]]:
    """The world, and both phases of its year, released."""
    with two_shards():
        world = World()
        world.drop(rows())
        first = world.run(1, DECEMBER)
        world.drop(later_rows())
        yield world, first, world.run(2, JUNE, "second")


def letters_in(world: World, run: Run, paid_on: str | None = None) -> dict[str, Letter]:
    """The letters of a run by RIZIV number (eight digits)."""
    letters = letters_of(run, RunFolder(world.work, run.id), world.parameters, paid_on)
    return {
        letter.riziv_number: letter
        for language in languages()
        for shard in range(world.shards)
        for letter in letters.of_shard(shard, language)
    }


def of_the_treasury(language: str) -> Sequence[Letter]:
    """Letters on what no decision knows: a transfer that came back, and money to be paid back."""
    about = {
        "language": language,
        "year": 2023,
        "riziv_number": PAID[:8],
        "decision": "2023-2-0a.v1-a",
        "on": "2024-06-15",
    }
    owed = {"kind": "recovery", "amount": "945.95", "paid": "1045.95", "due": "100.00"}
    repayment = Repayment("Example Institute", "BE71096123456769", "+++123/4567/89002+++", "2024-09-30")
    return [
        Letter(**about, kind="returned", amount="945.95", transfer=Transfer("7034"), cause="AC04"),  # type: ignore[arg-type]
        Letter(**about, kind="returned", amount="945.95", transfer=Transfer("7034"), cause="XX99"),  # type: ignore[arg-type]
        Letter(**about, **owed, repayment=repayment),  # type: ignore[arg-type]
        Letter(**about, **owed, holder="Ann Peeters"),  # type: ignore[arg-type]
    ]
