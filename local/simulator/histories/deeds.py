"""What persons, partners and strangers do beside a premium year; each history has few of it.

A chance of its own decides it, so that the rest of a history is the same with and without.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import orjson

from local.simulator.histories import desk
from local.simulator.histories.bank_deeds import BankDeeds
from local.simulator.histories.drops import Drops
from local.simulator.histories.ending import loading
from local.simulator.histories.people import OPERATORS, Staff
from local.simulator.histories.population import (
    ACCOUNTS,
    STRANGE_ACCOUNT,
    TARIFF,
    File,
    Provider,
    account,
    insz,
    practice,
    riziv,
)
from local.simulator.histories.stage import BEGIN, NOTABLE, Stage
from tegemoet.domain.problems import ProblemError

At = Callable[[datetime, str, Callable[[], object]], None]
"""Plans an event: its moment, its name, and what happens."""
PARTNER = "cases"
HIRED = {
    "worker": "w2",
    "hired_on": "2022-06-01",
    "employments": [{"worker": "w1", "from": "2019-01-07"}],
}

CHANCES = {
    "change": 0.10,
    "answers": 0.15,
    "cases": 0.08,
    "choices": 0.15,
    "holders": 0.08,
    "recoveries": 0.06,
    "uploads": 0.06,
    "bank": 0.15,
}
"""The deeds by name, and in which share of the histories they happen."""


class Deeds:
    """The deeds of the history of a seed."""

    def __init__(self, stage: Stage, inbox: Drops, staff: Staff, people: Sequence[Provider], seed: int) -> None:
        self._stage, self._inbox, self._staff, self._people = stage, inbox, staff, people
        self.random = Random(f"{seed} deeds")
        self.never_stops = False
        """Whether a partner goes on bringing files whenever somebody starts a phase."""
        self.disturbs = False
        """Whether something is brought that is not true."""
        self._changes = False
        self._before: dict[str, bytes] = {}
        """Key of an object that somebody changed → what it was."""
        self._superseded: dict[str, set[str]] = defaultdict(set)
        self._decided: list[str] = []
        self.bank = BankDeeds(stage, self._persist, Random(f"{seed} bank"))
        staff.answered = self._answered

    def plan(self, at: At, phases: tuple[datetime, datetime]) -> None:
        """Plan the deeds; `phases` = the first days of both phases."""
        for name, chance in CHANCES.items():
            if self.random.random() < chance:
                getattr(self, f"_plan_{name}")(at, *phases)

    def _within(self, days: int) -> timedelta:
        return timedelta(seconds=self.random.randrange(days * 86_400))

    def _persist(self, name: str, ask: Callable[[], object]) -> None:
        """Ask until there is an answer, as a task; a problem is an answer."""

        def run() -> None:
            for _ in range(6):
                try:
                    ask()
                except ProblemError:
                    return
                except Exception:  # noqa: BLE001 - the API answers 500 to whatever it is
                    self._stage.scheduler.sleep(timedelta(seconds=30))
                else:
                    return

        self._stage.scheduler.spawn(name, run)

    # --- somebody who may write where the files of a run lie

    def _plan_change(self, _at: At, *_phases: datetime) -> None:
        self._changes = True

    def _answered(self, run: str, approve: bool) -> None:
        if self._changes and approve:
            pause = timedelta(milliseconds=self.random.randrange(4_000))
            self._stage.scheduler.spawn("somebody", lambda: self._change(run, pause))

    def _change(self, run: str, pause: timedelta) -> None:
        """Change account or amount of a payment in the files of a run that is approved."""
        self._stage.scheduler.sleep(pause)
        s3, bucket = self._stage.direct("s3"), self._stage.cloud.variable("WORK_BUCKET")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"runs/{run}/")
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        for key in (each for each in keys if each.endswith("payments.jsonl")):
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            if not body:
                continue
            first, _, rest = body.partition(b"\n")
            payment = orjson.loads(first)
            if self.random.random() < 0.6:
                payment["iban"] = STRANGE_ACCOUNT
            else:
                payment["cents"] += 100
            self._before.setdefault(key, body)
            s3.put_object(Bucket=bucket, Key=key, Body=orjson.dumps(payment) + b"\n" + rest)
            self._stage.trace(f"{NOTABLE}somebody changes a payment of {run}")
            return

    def restore(self) -> None:
        """Put back what somebody changed, as an operator does from the versions of the bucket."""
        bucket = self._stage.cloud.variable("WORK_BUCKET")
        for key, body in self._before.items():
            self._stage.direct("s3").put_object(Bucket=bucket, Key=key, Body=body)
        self._changes = False

    # --- what may be repeated

    def _plan_answers(self, at: At, *phases: datetime) -> None:
        for _ in range(3):
            at(self.random.choice(phases) + self._within(60), "an approver answers again", self._answer_again)

    def _answer_again(self) -> None:
        if not self._staff.accepted:
            return
        given, approver = self.random.choice(self._staff.accepted)
        stage = self._stage
        try:
            stage.quietly(lambda: desk.answer_again(stage.cloud, given, approver))
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer was accepted before
            code = error.code if isinstance(error, ProblemError) else type(error).__name__
            stage.watch.found("an-answer-may-be-repeated", f"{given.run} {code}")

    # --- cases

    def _plan_cases(self, at: At, *_: datetime) -> None:
        for _number in range(self.random.randint(2, 5)):
            at(BEGIN + self._within(200), "a case is decided", self._decide)

    def _decide(self) -> None:
        case: dict[str, Any] = {"case_id": self.random.choice(("one", "two")), "on": "2022-06-10", "case": HIRED}
        if self._decided and self.random.random() < 0.7:
            case["supersedes"] = self.random.choice(self._decided)

        def ask() -> None:
            made = desk.decide_case(self._stage.cloud, PARTNER, case)
            self._decided.append(made)
            if "supersedes" in case:
                self._superseded[case["supersedes"]].add(made)
                if len(self._superseded[case["supersedes"]]) > 1:
                    self._stage.watch.found("a-decision-is-superseded-once", case["supersedes"])

        self._persist("somebody decides a case", ask)

    # --- choices

    def _plan_choices(self, at: At, *phases: datetime) -> None:
        for _ in range(4):
            at(self.random.choice(phases) + self._within(90), "an operator chooses again", self._choose_again)

    def _choose_again(self) -> None:
        self._choose(lambda found: found.choice is not None)

    def _choose(self, wanted: Callable[[desk.Open], bool], pick: Callable[[desk.Open], str] | None = None) -> None:
        cloud, operator = self._stage.cloud, self.random.choice(OPERATORS)
        found = [each for each in self._stage.quietly(lambda: list(desk.listed(cloud))) if wanted(each)]
        if found:
            one = self.random.choice(found)
            choice = pick(one) if pick else self.random.choice(one.choices)
            self._persist(f"{operator.subject} chooses", lambda: desk.choose(cloud, one.id, choice, operator))

    # --- a number that two persons have, and a file whose message comes late

    def _plan_holders(self, at: At, first_phase: datetime, second_phase: datetime) -> None:
        """The register gives a number to somebody else too, in a file that is taken in late."""
        self.disturbs = True
        person = self.random.choice(self._people)
        partner = TARIFF if person.pharmacy else "register"
        file = File(partner, "practices", (practice(insz(821), person),))
        late: list[Callable[[], object]] = []
        at(BEGIN, "a file is brought whose message comes late", lambda: self._inbox.bring(file, late.append))
        at(BEGIN + timedelta(days=9), f"{partner} brings practices", self._bring(file))
        for moment in (first_phase, second_phase):
            at(moment + self._within(15), "an operator chooses a holder", self._choose_holder)
        at(first_phase + self._within(170), "the late message comes", lambda: self._deliver(late))

    def _deliver(self, late: Sequence[Callable[[], object]]) -> None:
        for take_in in late:
            self._stage.deliver(take_in)

    def _choose_holder(self) -> None:
        self._choose(lambda found: found.kind == "identity-conflict" and found.choice is None)

    def _bring(self, file: File) -> Callable[[], object]:
        return lambda: self._inbox.bring(file)

    # --- a recovery that grows after it was settled

    def _plan_recoveries(self, at: At, first_phase: datetime, second_phase: datetime) -> None:
        """A titular who is a nurse too loses the premium as titular, and later the other one."""
        titular = next((person for person in self._people if person.pharmacy), None)
        if titular is None:
            return
        self.disturbs = True
        nurse = Provider(titular.insz, riziv(434_343, 401), "nurse", ACCOUNTS[3], 3_500_000)
        accounts = self._stage.watch.accounts
        for person in self._people:  # a correction may make two of them one
            accounts[person.short].add(nurse.iban)
            accounts[nurse.short] |= accounts[person.short]
        files = (
            File("register", "practices", (practice(nurse.insz[0], nurse),)),
            File("register", "conventions", ((nurse.number, "full", "2020-01-01", ""),)),
            File("profiles", "activity-s1", ((nurse.number, "ambulatory", "35000,00"),)),
            File("profiles", "activity-year", ((nurse.number, "ambulatory", "70000,00"),)),
            File("accounts", "accounts", (account(nurse.insz[0], nurse.iban),)),
        )
        for file in files:
            at(BEGIN + self._within(9), f"{file.partner} brings {file.kind}", self._bring(file))
        ended = ((first_phase, titular, self._within(150)), (second_phase, nurse, timedelta(days=60)))
        for moment, person, later in ended:
            gone = File("register", "conventions", ((person.number, "none", "2020-01-01", ""),))
            at(moment + timedelta(days=20) + later, "a convention ended", self._bring(gone))
        for _ in range(3):
            at(second_phase + timedelta(days=4) + self._within(40), "a recovery is settled", self._settle_recovery)

    def _settle_recovery(self) -> None:
        """One operator proposes, another one confirms."""
        cloud, (first, second) = self._stage.cloud, self.random.sample(OPERATORS, 2)
        listed = self._stage.quietly(lambda: list(desk.listed(cloud)))
        found = [each for each in listed if each.kind == "recovery" and each.choice is None]
        if found:
            one = self.random.choice(found)
            for by in (first, second):
                self._persist(f"{by.subject} settles", partial(desk.choose, cloud, one.id, "settled", by))

    # --- files for a bank, and what it answers

    def _plan_bank(self, at: At, *phases: datetime) -> None:
        self.disturbs = True
        self.bank.plan(at, phases)

    # --- a partner that never stops

    def _plan_uploads(self, _at: At, *_phases: datetime) -> None:
        self.never_stops = True

    def before_start(self) -> None:
        """A partner that never stops brings a file, which is loading when a phase is started."""
        if not self.never_stops:
            return
        person = self._people[0]
        file = File("accounts", "accounts", (account(person.insz[-1], person.iban),))
        known = len(loading(self._stage))
        self._inbox.bring(file)
        for _ in range(200):
            if len(loading(self._stage)) > known or not self._stage.scheduler.step():
                return
