"""A premium year whose money goes to the bank and comes back: files for the bank, one of which is
fetched and answered and another one withdrawn, a corrected account, a recovery that is paid back.
"""

from collections.abc import Iterable
from datetime import date, datetime

from local.bank.answering import Habits, answered, told_of_account
from local.bank.orders import Orders, read_orders
from tegemoet.application.premium_year import bank_file_record
from tegemoet.application.premium_year.recoveries import communication_of
from tegemoet.application.records import DebtorAccount, DebtorAccountVersion, Person
from tests.support.api_world import APPROVER, OPERATOR, TREASURER
from tests.support.calls import year
from tests.support.calls.recorder import Recorder
from tests.support.calls.stage import Stage
from tests.support.debtors import SETTINGS
from tests.support.dropping import iban, insz

WATCHED = "report release"
"""The step of a phase that suffers faults here; the others do in the workflow of a year."""
NEW_ACCOUNT = 88
"""Of the nurse whose transfer the bank rejects."""

PAID_BACK = 10_000
"""Cents of a recovery that come back."""


def prepare(stage: Stage) -> None:
    """A year of the other workflow, and an account that pays files of at most three transfers."""
    year.prepare(stage)
    account = DebtorAccount(**{**SETTINGS, "transfers_per_file": 3, "persons_per_account": 4})
    operator = Person(OPERATOR.principal, OPERATOR.name)
    approver = Person(APPROVER.principal, APPROVER.name)
    moment = "2023-11-20T08:00:00+00:00"
    version = DebtorAccountVersion(1, "proposal", account, "the board", operator, moment, approver, moment)
    assert stage.cloud.debtor_accounts.append(version)
    for n in year.NURSES:
        stage.world.watch.accounts[year.number(n)[:8]].add(iban(NEW_ACCOUNT))


def phase(recorder: Recorder, which: int, at: datetime) -> list[tuple[str, Orders, bytes]]:
    """A run of the phase. Returns its files for the bank: name, what it orders, and its bytes."""
    with recorder.undisturbed(but=WATCHED):
        year.phase(recorder, which, at)
    cloud = recorder.stage.cloud
    found = bank_file_record.released_files(year.YEAR, cloud.runs, cloud.work)
    bodies = [(each.file.message_id, cloud.bank.get(each.file.key)) for each in found if each.run.phase == which]
    return [(name, read_orders(body), body) for name, body in bodies]


def brought(recorder: Recorder, messages: Iterable[bytes], name: str) -> None:
    """The treasury brings what the bank tells, each message in a file of its own."""
    for number, message in enumerate(messages):
        key = f"in/{year.PARTNER}/convention-premium/{year.YEAR}/bank-answers/{name}-{number}.xml"
        recorder.deliver(recorder.stage.world.environ["INBOX_BUCKET"], key, message)


def script(recorder: Recorder) -> None:
    """Files and the first phase; its money to the bank and back; the second phase, and after it."""
    path = f"/v1/premium-years/{year.YEAR}/bank-files"
    for kind, lines in year.rows().items():
        year.bring(recorder, kind, lines)
    (sent, orders, body), (lost, *_) = phase(recorder, 1, year.EARLY)
    with recorder.undisturbed():  # whoever asks again fetches again, and is given another link
        recorder.post(f"{path}/{sent}/fetches", {}, TREASURER, "fetch")
    rejected = {orders.orders[0].end_to_end_id: "AC04"}
    brought(recorder, answered(body, seed=1, habits=Habits(rejects=0, returns=0, rejected=rejected)).files, "first")
    proposal = recorder.post(f"{path}/{lost}/withdrawals", {"reason": "never sent"}, OPERATOR, "lost")["proposal"]
    confirmed = f"{path}/{lost}/withdrawals/{proposal}/confirmation"
    recorder.post(confirmed, {"fetches": 0}, APPROVER, "confirmed")
    year.bring(recorder, "activity-year", [f"{year.number(n)};ambulatory;40000" for n in year.NURSES])
    year.bring(recorder, "accounts", [f"{insz(3)};Holder;{iban(NEW_ACCOUNT)};2024-02-01;nl"], "b")
    year.bring(recorder, "conventions", [f"{year.number(2)};none;2023-03-01;"], "b")
    phase(recorder, 2, year.LATE)
    communication = communication_of(year.YEAR, year.number(2)[:8])
    told = told_of_account(SETTINGS["iban"], date(2024, 8, 1), [(communication, PAID_BACK)], seed=2)
    brought(recorder, [told], "second")
