"""The bank: what it rejects at once, and what comes back days later."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from local.bank.sent import Sent, read_sent
from local.bank.told import Movement, notification, status_report

REASONS = ("AC01", "AC04", "AC06", "MD07", "MS03", "RR04")
"""Why banks reject or return: ISO 20022 external code set."""


@dataclass(frozen=True)
class Answered:
    """The messages of a bank on a file, and what they say: reason by EndToEndId."""

    report: bytes
    movements: bytes
    rejected: Mapping[str, str]
    returned: Mapping[str, str]


@dataclass(frozen=True)
class Bank:
    """A bank that rejects and returns by chance, from a seed.

    `rejects` and `returns` = probabilities of a transfer; `days` = after how many days what it
    returns is booked; `strangers` = movements of others beside ours.
    """

    seed: int = 0
    rejects: float = 0.0
    returns: float = 0.0
    days: int = 2
    strangers: int = 2
    report_version: str = "001.10"
    movements_version: str = "001.08"
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Transfers that it rejects in any case: reason by EndToEndId."""

    def answer(self, message: bytes) -> Answered:
        """What it answers on a file that a customer sent."""
        sent = read_sent(message)
        chance = random.Random(f"{self.seed} {sent.message_id}")
        rejected = {name: why for name in sent.cents if (why := self._rejection(name, chance))}
        returned = {
            name: chance.choice(REASONS)
            for name in sent.cents
            if chance.random() < self.returns and name not in rejected
        }
        return Answered(
            status_report(sent, rejected, version=self.report_version),
            self._movements(sent, returned, chance),
            rejected,
            returned,
        )

    def _rejection(self, name: str, chance: random.Random) -> str | None:
        by_chance = chance.choice(REASONS) if chance.random() < self.rejects else None
        return self.reasons.get(name, by_chance)

    def _movements(self, sent: Sent, returned: Mapping[str, str], chance: random.Random) -> bytes:
        on = (date.fromisoformat(sent.execution) + timedelta(self.days)).isoformat()
        ours = [
            Movement(sent.cents[name], f"R{number:06}{on}", name, reason)
            for number, (name, reason) in enumerate(returned.items(), 1)
        ]
        others = [
            Movement(chance.randrange(1, 100_000), f"S{number:06}{on}", direction=chance.choice(("CRDT", "DBIT")))
            for number in range(self.strangers)
        ]
        return notification(sent.debtor_iban, on, [*ours, *others], version=self.movements_version)
