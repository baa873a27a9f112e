"""The rules of the convention premium for one person, restated by the second opinion.

Written from the text of the institute, unlike the product on purpose and without a line of it:
money is a number of cents, a day is an ordinal number, the days on which somebody was fully
conventioned are the bits of one integer.
"""

from dataclasses import dataclass, field

from local.opinions.year.figures import TableRow, YearFigures


@dataclass
class Practice:
    """One number with one profession. Cents, ordinal days, hundredths of hours."""

    number: str
    profession: str
    specialism: str = ""
    granted: int = 0
    trainee: bool = False
    hours: int | None = None
    conventions: list[tuple[int, int, str]] = field(default_factory=list)  # later ones win
    first_semester: int | None = None
    whole_year: int | None = None
    pharmacy: str = ""
    office_has_account: bool = False
    payee: str = ""  # eight digits of who gets the pharmacy's premium; empty = this titular
    held: bool = False
    paid_to_another: int = 0
    year_choice: str = ""

    @property
    def row(self) -> TableRow:
        return self.profession, self.specialism


@dataclass
class Verdict:
    """The outcome of a phase for a person; cents."""

    outcome: str
    practices: list[str]
    due: int
    pays: int
    recovery: int
    booked_under: str = ""  # profession
    number: str = ""
    pharmacy: str = ""
    year_amount_exceptions: list[str] = field(default_factory=list)
    closed: bool = False
    settled: bool = False  # nothing waits, except perhaps a recovery


def full_days(conventions: list[tuple[int, int, str]], year: YearFigures) -> int:
    """The days of the year with a full convention, as bits: bit 0 is 1 January."""
    bits = 0
    for first, last, status in conventions:
        first, last = max(first, year.new_year), min(last, year.last_day)
        if first <= last:
            mask = ((1 << (last - first + 1)) - 1) << (first - year.new_year)
            bits = bits | mask if status == "full" else bits & ~mask
    return bits


def conventioned(practice: Practice, phase: int, today: int, year: YearFigures) -> str:
    """`yes`, `no`, or `later` where the number is to be granted on a later day of the year."""
    if practice.granted > year.last_day:
        return "no"
    start = max(year.start(practice.profession), practice.granted)
    stop = year.last_day if phase == 2 else min(today, year.last_day)
    if start > stop:
        return "later"
    needed = ((1 << (stop - start + 1)) - 1) << (start - year.new_year)
    return "no" if needed & ~full_days(practice.conventions, year) else "yes"


def excluded(practice: Practice, year: YearFigures) -> bool:
    """Whether the practice is in a medical house and the year excludes its profession there."""
    return practice.hours is not None and practice.profession in year.medical_house_excluded


def amounts_matter(practice: Practice, year: YearFigures) -> bool:
    """Whether the amounts of the practice decide, and not a fact that replaces them."""
    if practice.row not in year.premium or excluded(practice, year):
        return False
    if practice.profession == "pharmacist" or (practice.trainee and year.trainees_exempt):
        return False
    return practice.hours is None or year.medical_house_hours is None


def year_amount_doubtful(practice: Practice, year: YearFigures) -> bool:
    """Missing, or lower than the first semester's."""
    if practice.first_semester is None or not amounts_matter(practice, year):
        return False
    return practice.whole_year is None or practice.whole_year < practice.first_semester


def active(practice: Practice, phase: int, year: YearFigures) -> str:
    """`yes`, `no`, or `later` where the first semester cannot settle it."""
    if excluded(practice, year):
        return "no"
    if practice.profession == "pharmacist" or (practice.trainee and year.trainees_exempt):
        return "yes"
    if practice.hours is not None and year.medical_house_hours is not None:
        return "yes" if practice.hours >= year.medical_house_hours else "no"
    first_semester_counts = year_amount_doubtful(practice, year) and practice.year_choice == "first-semester-counts"
    amount = practice.first_semester if phase == 1 or first_semester_counts else practice.whole_year
    if (amount or 0) >= year.threshold[practice.row]:
        return "yes"
    return "later" if phase == 1 else "no"


def account(practice: Practice, accounts: list[int], phase: int, today: int, year: YearFigures) -> str:
    if practice.profession == "pharmacist":
        return "yes" if practice.office_has_account else "later"
    known = [registered for registered in accounts if registered <= today]
    if known and min(known) <= year.account_deadline[phase]:
        return "yes"
    return "later" if phase == 1 or (not known and today <= year.account_deadline[2]) else "no"


def needs_review(practice: Practice, phase: int, year: YearFigures) -> bool:
    """Whether the practice is pending until a person has looked at it."""
    if practice.row not in year.premium:
        return False
    return practice.held or (phase == 2 and year_amount_doubtful(practice, year) and not practice.year_choice)


def judge(practice: Practice, accounts: list[int], phase: int, today: int, year: YearFigures) -> str:
    """`granted`, `pending` or `refused`."""
    if needs_review(practice, phase, year):
        return "pending"
    if practice.row not in year.premium:
        return "refused"
    answers = {
        conventioned(practice, phase, today, year),
        active(practice, phase, year),
        account(practice, accounts, phase, today, year),
        "no" if practice.payee and practice.payee != practice.number[:8] else "yes",
        "no" if practice.paid_to_another else "yes",
    }
    return "refused" if "no" in answers else "pending" if "later" in answers else "granted"


def judge_person(
    practices: list[Practice], accounts: list[int], paid: int, phase: int, today: int, year: YearFigures
) -> Verdict:
    """The phase's verdict on a person who was paid `paid` cents before, less what was returned."""
    outcomes = [judge(practice, accounts, phase, today, year) for practice in practices]

    def premium(practice: Practice) -> int:
        return year.premium.get(practice.row, 0)

    won = [p for p, outcome in zip(practices, outcomes, strict=True) if outcome == "granted"]
    best = min(won, key=lambda p: (-premium(p), p.number), default=None)
    due = premium(best) if best else 0
    waiting = [p for p, outcome in zip(practices, outcomes, strict=True) if outcome == "pending"]
    # a pharmacy whose office has no account yet is not waited for where it can bring nothing more
    waiting = [
        p for p in waiting if p.office_has_account or not p.pharmacy or needs_review(p, phase, year) or premium(p) > due
    ]
    # what is pending may still be due: only the rest is certainly not
    may_be_due = max([due, *(premium(p) for p in waiting)])
    recovery = max(0, paid - may_be_due) if phase == 2 else 0
    return Verdict(
        "granted" if won else "pending" if "pending" in outcomes else "refused",
        outcomes,
        due,
        max(0, due - paid),
        recovery,
        best.profession if best else "",
        best.number if best else "",
        best.pharmacy if best else "",
        [p.number for p in practices if phase == 2 and year_amount_doubtful(p, year) and not p.year_choice],
        phase == 2 and not waiting and not recovery,
        not waiting,
    )
