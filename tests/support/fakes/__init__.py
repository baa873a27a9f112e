"""The ports of `application/ports.py` in memory,
with what they promise: a cloud without a cloud.
"""

from tests.support.fakes.exchange import FakeExchanges, FakeSeals
from tests.support.fakes.intake import FakeBatches
from tests.support.fakes.partners import FakeDebtorAccounts, FakeRegistrations, FakeRoles
from tests.support.fakes.premium_year import FakeFacts, FakeLedger, FakeRuns
from tests.support.fakes.services import FakeClock, FakeEvents, FakePeople, FakeSeal, FakeSecrets, FakeWorkflows
from tests.support.fakes.storage import FakeDecisions, FakeObjects

__all__ = [
    "FakeBatches",
    "FakeClock",
    "FakeDebtorAccounts",
    "FakeDecisions",
    "FakeEvents",
    "FakeExchanges",
    "FakeFacts",
    "FakeLedger",
    "FakeObjects",
    "FakePeople",
    "FakeRegistrations",
    "FakeRoles",
    "FakeRuns",
    "FakeSeal",
    "FakeSeals",
    "FakeSecrets",
    "FakeWorkflows",
]
