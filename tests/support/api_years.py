"""The API over a premium year whose runs are really worked off."""

from datetime import timedelta
from typing import Any

from tegemoet.application.records import Run
from tests.support import premium_world
from tests.support.api_world import APPROVER, OPERATOR, Answer, World

YEAR = "/v1/premium-years/2023"
PHASE_1, PHASE_2 = f"{YEAR}/phases/1", f"{YEAR}/phases/2"
DECEMBER, JUNE = {"on": "2023-12-01"}, {"on": "2024-06-15"}


class Year(World):
    """The API over a premium year whose runs can be worked off, as the state machine would."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0
        self.premium = premium_world.World(
            work=self.work,
            facts=self.facts,
            batches=self.batches,
            runs=self.runs,
            decisions=self.decisions,
            ledger=self.ledger,
            debtor_accounts=self.debtor_accounts,
            workflows=self.workflows,
            clock=self.clock,
        )

    def order(self, path: str, body: Any, caller: Any = OPERATOR) -> Answer:
        """A POST under a key of its own."""
        self.keys += 1
        return self.post(path, body, caller, key=f"key-{self.keys}")

    def start(self, path: str, body: Any) -> Run:
        self.clock.at += timedelta(seconds=1)
        answer = self.order(path, body)
        assert answer.status == 202, answer.text
        return self.run(answer.body["run"])

    def run(self, run_id: str) -> Run:
        run = self.runs.get(run_id)
        assert run is not None
        return run

    def approval(self, run: Run, caller: Any = APPROVER, /, **changes: Any) -> Answer:
        body = {"run": run.id, "control_sum": self.run(run.id).detail.control_sum or "0.00", "approve": True}
        return self.order(f"{YEAR}/phases/{run.phase}/approval", {**body, **changes}, caller)

    def release(self, path: str, body: Any) -> Run:
        run = self.premium.evaluate(self.start(path, body))
        assert self.approval(run).status == 200
        return self.premium.pay(run)
