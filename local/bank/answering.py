"""What the bank does with a file of transfers, and what it tells of it."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from xml.sax.saxutils import escape

from local.bank.messages import Movement, NotificationVersion, ReportVersion, notification, report
from local.bank.orders import Orders, read_orders

REJECTED_FOR = ("AC01", "AC04", "AC06", "BE01", "MD07", "RR04", "name and account differ")
RETURNED_FOR = ("AC04", "AC06", "MD07", "MS03", "account of another person")
MOST_IN_ENTRY = 3
"""How many returns the bank books in one entry."""
OTHER_CENTS = 12_345


@dataclass(frozen=True, slots=True)
class Habits:
    """How the bank answers.

    `rejects`, `returns` = the chance of either for a transfer that is not named; `rejected`,
    `returned` = end-to-end identifier → reason, for those that are; `partly` = identifier → the
    cents that come back of a returned transfer, where it is not all. `credits` = (twelve digits
    of a structured communication, cents) of money that comes in; `others` = number of other
    movements; `days` = how long after the execution the account is told.
    """

    report: ReportVersion = "002.001.10"
    notification: NotificationVersion = "054.001.08"
    rejects: float = 0.02
    returns: float = 0.02
    rejected: Mapping[str, str] = field(default_factory=dict)
    returned: Mapping[str, str] = field(default_factory=dict)
    partly: Mapping[str, int] = field(default_factory=dict)
    credits: Sequence[tuple[str, int]] = ()
    others: int = 3
    days: int = 2


NORMAL = Habits()


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bank did, for tests to compare; cents of EUR.

    `files` = the report, then the notification; `rejected` and `returned` = end-to-end identifier
    → (reason, cents rejected or come back). A transfer that is returned was accepted before.
    """

    files: tuple[bytes, ...]
    accepted: int
    accepted_cents: int
    rejected: Mapping[str, tuple[str, int]]
    returned: Mapping[str, tuple[str, int]]
    credits: int
    credits_cents: int
    others: int

    @property
    def rejected_cents(self) -> int:
        return sum(cents for _, cents in self.rejected.values())

    @property
    def returned_cents(self) -> int:
        return sum(cents for _, cents in self.returned.values())


def answers_to(pain001: bytes, *, seed: int, habits: Habits = NORMAL) -> list[bytes]:
    """The messages with which the bank answers a file, in their order. See `answered`."""
    return list(answered(pain001, seed=seed, habits=habits).files)


def answered(pain001: bytes, *, seed: int, habits: Habits = NORMAL) -> Answered:
    """What the bank does with a file. The same file, seed and habits give the same bytes.

    Raises ValueError if the file is none that it reads, if an identifier in `habits` is not in the
    file or is both rejected and returned, or if more comes back than was paid.
    """
    orders = read_orders(pain001)
    chance = random.Random(f"{seed} {orders.message_id}")
    rejected, returned = _troubles(orders, chance, habits)
    statuses = _statuses(orders, chance, rejected)
    number = _Numbers(seed, orders.message_id)
    files = [report(habits.report, number.next(), orders, statuses, {name: why for name, (why, _) in rejected.items()})]
    entries = [
        *_in_entries(
            [Movement(cents, number.next(), end_to_end_id=name, reason=why) for name, (why, cents) in returned.items()],
            chance,
        ),
        *([each] for each in _credits(habits.credits, number)),
        *([each] for each in _others(habits.others, number)),
    ]
    chance.shuffle(entries)
    if entries:
        on = orders.execution + timedelta(days=habits.days)
        files.append(notification(habits.notification, number.next(), orders.iban, on, entries))
    accepted = [each.cents for each in orders.orders if each.end_to_end_id not in rejected]
    cents = sum(cents for _, cents in habits.credits)
    return Answered(
        tuple(files), len(accepted), sum(accepted), rejected, returned, len(habits.credits), cents, habits.others
    )


def told_of_account(
    iban: str,
    on: date,
    money_in: Sequence[tuple[str, int]],
    *,
    seed: int,
    others: int = 0,
    version: NotificationVersion = "054.001.08",
) -> bytes:
    """A notification of money that came in, without a file of transfers.

    `money_in` = as the credits of `Habits`.

    Raises ValueError if there is nothing to tell.
    """
    number = _Numbers(seed, f"{iban} {on}")
    entries = [[each] for each in (*_credits(money_in, number), *_others(others, number))]
    if not entries:
        raise ValueError("there is no movement to tell")
    random.Random(seed).shuffle(entries)
    return notification(version, number.next(), iban, on, entries)


class _Numbers:
    """The bank's references: no two of any file are the same."""

    def __init__(self, seed: int, name: str) -> None:
        self._stem = hashlib.sha256(f"{seed} {name}".encode()).hexdigest()[:16].upper()
        self._last = 0

    def next(self) -> str:
        self._last += 1
        return f"LB{self._stem}{self._last:08d}"


Troubles = dict[str, tuple[str, int]]


def _troubles(orders: Orders, chance: random.Random, habits: Habits) -> tuple[Troubles, Troubles]:
    names = {order.end_to_end_id for order in orders.orders}
    named = habits.rejected.keys() | habits.returned.keys()
    if not names >= named | habits.partly.keys():
        raise ValueError("the file has no transfer with an identifier that is named")
    if habits.rejected.keys() & (habits.returned.keys() | habits.partly.keys()):
        raise ValueError("a transfer that is rejected does not come back")
    rejected: Troubles = {}
    returned: Troubles = {}
    for order in orders.orders:
        name = order.end_to_end_id
        draws = chance.random(), chance.choice(REJECTED_FOR), chance.random(), chance.choice(RETURNED_FOR)
        free = name not in named and name not in habits.partly
        if name in habits.rejected or (free and draws[0] < habits.rejects):
            rejected[name] = habits.rejected.get(name, draws[1]), order.cents
        elif not free or draws[2] < habits.returns:
            back = habits.partly.get(name, order.cents)
            if not 0 < back <= order.cents:
                raise ValueError("what comes back is nothing, or more than was paid")
            returned[name] = habits.returned.get(name, draws[3]), back
    return rejected, returned


def _statuses(orders: Orders, chance: random.Random, rejected: Mapping[str, object]) -> dict[str, str]:
    accepted = chance.choice(("ACSC", "ACSP", "ACCP"))
    return {each.end_to_end_id: "RJCT" if each.end_to_end_id in rejected else accepted for each in orders.orders}


def _in_entries(movements: Sequence[Movement], chance: random.Random) -> Iterable[list[Movement]]:
    """The movements in entries of one or several, as a bank books them."""
    rest = list(movements)
    while rest:
        size = chance.randint(1, MOST_IN_ENTRY)
        yield rest[:size]
        rest = rest[size:]


def _credits(money_in: Sequence[tuple[str, int]], number: _Numbers) -> Iterable[Movement]:
    """Every second payer writes the communication as text."""
    for place, (digits, cents) in enumerate(money_in):
        printed = f"<Ustrd>+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++</Ustrd>"
        structured = (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
            f"<Ref>{escape(digits)}</Ref></CdtrRefInf></Strd>"
        )
        yield Movement(cents, number.next(), remittance=printed if place % 2 else structured)


def _others(count: int, number: _Numbers) -> Iterable[Movement]:
    """Debits, and credits that are announced and not booked."""
    for place in range(count):
        movement = Movement(OTHER_CENTS + place, number.next(), "DBIT")
        yield replace(movement, direction="CRDT", pending=True) if place % 3 == 2 else movement
