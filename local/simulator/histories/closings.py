"""Proposals to close the year: in time, lapsed, repeated, confirmed by oneself or by two at once.

Promises: another person confirms, in time and on the number of exceptions that was proposed; a
close that was made stays as it is.
"""

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.simulator.histories.asking import LostError
from local.simulator.histories.people import OPERATORS, YEAR, Staff
from local.simulator.histories.stage import Stage
from tegemoet.application.premium_year.exceptions import YearExceptions
from tegemoet.application.records import Person

CONFIRMERS = (*OPERATORS, Person("ap-1", "Name of ap-1"))
LAPSES = timedelta(days=7)
WAITS = (
    *(timedelta(0), timedelta(0), timedelta(hours=1), timedelta(days=3)),
    *(LAPSES - timedelta(minutes=2), LAPSES + timedelta(minutes=2), timedelta(days=30)),
)
"""How long after a proposal somebody confirms it."""


class Closings:
    """What persons do to close the year of a history, and what is stored of it."""

    def __init__(self, stage: Stage, staff: Staff, random: Random) -> None:
        self._stage, self._staff, self._random = stage, staff, random
        self._closing: str | None = None

    def propose(self) -> None:
        """Somebody proposes to close the year; persons confirm it, at once or later."""
        draw, proposer = self._random, self._random.choice(OPERATORS)
        key, wait = self._staff.key(), draw.choice(WAITS)
        confirmers = draw.sample(CONFIRMERS, draw.randint(1, 3))
        self._task(proposer, lambda: self._propose(proposer, key, wait, confirmers))
        if draw.random() < 0.3:  # the same call, on its way twice
            self._task(proposer, lambda: self._propose(proposer, key, timedelta(0), []))

    def _propose(self, proposer: Person, key: str, wait: timedelta, confirmers: list[Person]) -> None:
        cloud = self._stage.cloud
        undecided = YearExceptions(YEAR, cloud.runs, cloud.work).undecided()
        made: Any = self._staff.propose_close(proposer, undecided, key)
        if made is None:
            return
        self._stage.scheduler.sleep(wait)
        for confirmer in confirmers:
            self._confirm(made.id, confirmer)

    def _confirm(self, proposal: str, confirmer: Person) -> None:
        def confirm() -> None:
            for _ in range(2 if self._random.random() < 0.2 else 1):
                self._staff.confirm_close(proposal, confirmer)
                self.check()

        self._task(confirmer, confirm)

    def _task(self, person: Person, act: Any) -> None:
        def run() -> None:
            try:
                act()
            except LostError:
                return

        self._stage.scheduler.spawn(f"{person.subject} closes the year", run)

    def check(self) -> None:
        """Compare the close that is stored with its proposal, and with what was stored before."""
        item = self._stage.year_item("state") or {}
        stored = item["closing"]["S"] if "closing" in item else None
        if self._closing not in (None, stored):
            self._stage.watch.found("a-close-stays", "another is stored")
        if stored is None or stored == self._closing:
            return
        self._closing = stored
        closing = json.loads(stored)
        proposal = self._stage.year_item(f"closing#{closing['proposal']['id']}")
        if proposal is None or json.loads(proposal["proposal"]["S"]) != closing["proposal"]:
            self._stage.watch.found("two-persons-close-a-year", "it was not proposed so")
            return
        made, confirmed = (datetime.fromisoformat(at) for at in (closing["proposal"]["at"], closing["confirmed_at"]))
        if closing["proposal"]["by"]["subject"] == closing["confirmed_by"]["subject"]:
            self._stage.watch.found("two-persons-close-a-year", "its proposer confirmed it")
        if not made <= confirmed <= made + LAPSES:
            self._stage.watch.found("a-proposal-lapses", f"{made} {confirmed}")
