"""The files of a released run for the bank: valid, complete, written once, and always the same."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast, get_args

import pytest

from tegemoet.application.attempts import FileChangedError
from tegemoet.application.premium_year.bank_files import BankFile, execution_day, write_bank_files
from tegemoet.application.premium_year.folder import NotApprovedError, output_prefix
from tegemoet.application.premium_year.transfers import TRANSFERS
from tegemoet.application.records import DebtorAccount, Entry, Run
from tegemoet.application.treasury.debtor_accounts import version
from tegemoet.banking.payment_file import Version
from tegemoet.domain.identity import shard_of
from tests.support.debtors import SETTINGS
from tests.support.fakes.storage import FakeObjects
from tests.support.payment_files import faults, read_back
from tests.support.premium_world import (
    DECEMBER,
    YEAR,
    World,
    account,
    office,
    provider,
    riziv,
    two_shards,
)

NURSE, PHARMACY = 94_595, 179_000
IBANS = ("BE68539007547034", "BE71096123456769", "BE43068999999501", "NL91ABNA0417164300", "DE89370400440532013000")
APPROVED_AT = datetime.fromisoformat("2023-12-04T10:30:15+00:00")
"""A Monday."""
ALONE = "a single transfer: the bank verifies the payee&#39;s name"
NO_DEBTOR = "Nobody has confirmed a debtor account, so no file for the bank is made."


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        yield World()


def nurses(world: World, many: int) -> None:
    for number in range(many):
        person = f"v1-{number}"
        rows = provider(person, riziv(400_001 + number), s1=20_000)
        world.drop([*rows, account(person, IBANS[number % 5], holder=f"Nurse {number}")])


def pharmacists(world: World, *persons: str) -> None:
    """Titulars of one tariff office."""
    world.drop([office("O1", IBANS[0])])
    for person in persons:
        number = riziv(210_000 + ord(person))
        world.drop(provider(f"v1-{person}", number, "pharmacist", pharmacy_id=f"P{person}", tariff_office="O1"))


def approved(world: World, key: str = "key") -> Run:
    run = world.evaluate(world.start(1, DECEMBER, key))
    world.clock.at = APPROVED_AT
    world.approve(run)
    return world.now(run)


def released(world: World) -> Run:
    run = approved(world)
    world.clock.at += timedelta(days=3)  # files follow from the approval, whenever they are made
    return world.pay(run)


def body_of(world: World, file: BankFile) -> bytes:
    body: bytes = world.bank.get(file.key)
    return body


def page_of(world: World, run: Run) -> str:
    text: bytes = world.output.get(output_prefix(run) + "report.html")
    return text.decode()


def not_written(world: World, person: str) -> None:
    """The next number of the person is taken before the run settles."""
    other = Entry(person, 1, "payment", 1, "99999999", "nurse", 1, None, "another-run", f"2023-other-{person}")
    world.ledger.append(YEAR, shard_of(person, world.shards), other)


def public(world: World) -> list[str]:
    return [key for key in world.output.bodies if key.startswith("out/") or key.endswith("payments.csv")]


# --- what a file has ------------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", [None, "SSBE"])
@pytest.mark.parametrize("message", get_args(Version))
def test_a_file_is_valid_and_says_what_was_approved(world: World, message: Version, purpose: str | None) -> None:
    world.pay_from(message=message, purpose=purpose)
    nurses(world, 2)
    pharmacists(world, "t", "u")
    run = released(world)
    [file] = world.bank_files()
    body = body_of(world, file)
    assert faults(message, body) == []
    read = read_back(body)
    day = "PmtInf/ReqdExctnDt" + ("/Dt" if message == "001.001.09" else "")
    expected = {
        "GrpHdr/MsgId": f"TGM-{run.id}-1",
        "GrpHdr/CreDtTm": "2023-12-04T10:30:15Z",
        "GrpHdr/NbOfTxs": "3",
        "GrpHdr/CtrlSum": "5471.90",
        "PmtInf/PmtInfId": f"TGM-{run.id}-1-P",
        day: "2023-12-06",
        "PmtInf/Dbtr/Nm": "Example body",
        "PmtInf/DbtrAcct/Id/IBAN": "BE71096123456769",
    }
    assert expected.items() <= read.header.items()
    assert {each.get("Purp/Cd") for each in read.transfers} == {purpose}
    paid = sorted((each["Cdtr/Nm"], each["CdtrAcct/Id/IBAN"], each["Amt/InstdAmt"]) for each in read.transfers)
    assert paid == [
        ("Nurse 0", IBANS[0], "945.95"),
        ("Nurse 1", IBANS[1], "945.95"),
        ("Tariff office", IBANS[0], "3580.00"),
    ]
    sums = (3, 2 * NURSE + 2 * PHARMACY, "2023-12-06", "2024-01-05")
    key = f"payments/2023/phase-1/{run.id}/TGM-{run.id}-1.xml"
    assert file == BankFile(1, f"TGM-{run.id}-1", key, hashlib.sha256(body).hexdigest(), *sums)


@pytest.mark.parametrize(
    ("many", "most", "sizes"),
    [(3, 4, [3]), (4, 4, [4]), (5, 4, [2, 3]), (9, 4, [3, 3, 3]), (3, 2, [1, 2]), (1, 4, [1])],
)
def test_files_are_the_fewest_and_pay_the_list_once(world: World, many: int, most: int, sizes: list[int]) -> None:
    world.pay_from(transfers_per_file=most)
    nurses(world, many)
    run = released(world)
    files = world.bank_files()
    assert [(file.number, file.transfers, file.cents) for file in files] == [
        (number, size, size * NURSE) for number, size in enumerate(sizes, 1)
    ]
    read = [read_back(body_of(world, file)) for file in files]
    for file, each in zip(files, read, strict=True):
        assert each.header["GrpHdr/MsgId"] == file.message_id == f"TGM-{run.id}-{file.number}"
        assert (each.header["GrpHdr/NbOfTxs"], len(each.transfers)) == (str(file.transfers), file.transfers)
    names = [transfer["PmtId/EndToEndId"] for each in read for transfer in each.transfers]
    assert names == [line["end_to_end_id"] for line in world.folder(run).proposed.lines(TRANSFERS)]
    assert sorted(world.bank.bodies) == [file.key for file in files]


@pytest.mark.parametrize(("many", "most", "alone"), [(1, 4, 1), (2, 4, 0), (3, 2, 1), (5, 4, 0)])
def test_the_report_warns_of_a_file_of_a_single_transfer(world: World, many: int, most: int, alone: int) -> None:
    world.pay_from(transfers_per_file=most)
    nurses(world, many)
    run = world.evaluate(world.start(1, DECEMBER))
    assert page_of(world, run).count(ALONE) == alone
    world.approve(run)
    assert page_of(world, world.pay(run)).count(ALONE) == alone


def test_the_report_says_on_which_day_the_bank_pays_once_it_is_known(world: World) -> None:
    world.pay_from()
    nurses(world, 2)
    run = approved(world)
    assert world.summary(run)["transfers"]["execution"] is None
    assert "The bank executes them on" not in page_of(world, run)
    world.pay(run)
    assert world.summary(run)["transfers"]["execution"] == "2023-12-06"
    assert "The bank executes them on 2023-12-06." in page_of(world, run)


# --- once, and always the same --------------------------------------------------------------------


def made_again(world: World, run: Run, bank: Any) -> list[BankFile]:
    folder = world.folder(run)
    debtor = version(cast("int", world.summary(run)["transfers"]["debtor"]), world.debtor_accounts)
    return write_bank_files(world.now(run), folder, debtor, folder.unwritten(run), bank)


def test_files_that_are_made_again_have_the_same_bytes(world: World) -> None:
    world.pay_from(transfers_per_file=3)
    nurses(world, 5)
    run, again = released(world), FakeObjects()
    world.clock.at += timedelta(days=200)
    assert made_again(world, run, again) == world.bank_files()
    assert again.bodies == world.bank.bodies


def test_a_file_is_written_once_however_often_the_release_is_done(world: World) -> None:
    world.pay_from(transfers_per_file=3)
    nurses(world, 5)
    run = released(world)
    world.release(run)
    made_again(world, run, world.bank)
    assert [len(versions) for versions in world.bank.versions.values()] == [1, 1]


def test_a_release_that_died_after_the_files_goes_on_with_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.pay_from(transfers_per_file=3)
    nurses(world, 5)
    run = approved(world)

    def dies(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(world.output, "writer", dies)
        with pytest.raises(ConnectionError):
            world.pay(run)
    before = dict(world.bank.bodies)
    assert (len(before), world.bank_files()) == (2, [])
    world.clock.at += timedelta(days=1)
    assert world.pay(run).state == "released"
    assert world.bank.bodies == before
    assert [len(versions) for versions in world.bank.versions.values()] == [1, 1]
    assert [file.sha256 for file in world.bank_files()] == [
        hashlib.sha256(before[file.key]).hexdigest() for file in world.bank_files()
    ]


@pytest.mark.parametrize("number", [1, 2])
def test_another_file_in_the_place_of_one_stops_the_release(world: World, number: int) -> None:
    world.pay_from(transfers_per_file=3)
    nurses(world, 5)
    run = approved(world)
    key = f"payments/2023/phase-1/{run.id}/TGM-{run.id}-{number}.xml"
    world.bank.put(key, b"<Document/>")
    with pytest.raises(NotApprovedError, match="another file"):
        world.pay(run)
    assert (world.now(run).state, public(world), world.bank_files()) == ("approved", [], [])
    assert world.bank.get(key) == b"<Document/>"


def test_no_file_is_made_of_a_run_that_was_not_approved(world: World) -> None:
    world.pay_from()
    nurses(world, 2)
    run = world.evaluate(world.start(1, DECEMBER))
    debtor = version(1, world.debtor_accounts)
    with pytest.raises(NotApprovedError):
        write_bank_files(run, world.folder(run), debtor, (), world.bank)
    assert world.bank.bodies == {}


@pytest.mark.parametrize("most", [2, 10])
def test_a_list_that_changes_while_files_are_made_stops_the_release(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """The list is read several times: each reading ends with a comparison, also the last one."""
    world.pay_from(transfers_per_file=most)
    nurses(world, 4)
    run = approved(world)
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    key, readings, stream = world.folder(run).proposed.key(TRANSFERS), 0, world.work.stream

    def changing(name: str, *more: Any) -> Iterator[bytes]:
        nonlocal readings
        readings += name == key
        for block in stream(name, *more):
            last = name == key and readings == 3
            yield block.replace(b"Nurse 0", b"Thief 0") if last else block

    monkeypatch.setattr(world.work, "stream", changing)
    with pytest.raises(FileChangedError):
        world.release(run)
    assert readings == 3, "one to prove the sum, one to count, one to write"
    assert (world.now(run).state, public(world), world.bank_files()) == ("approved", [], [])


# --- what is left out -----------------------------------------------------------------------------


def test_what_settling_did_not_write_is_in_no_file(world: World) -> None:
    world.pay_from(transfers_per_file=3)
    nurses(world, 4)
    run = approved(world)
    not_written(world, "v1-2")
    run = world.pay(run)
    assert run.state == "released"
    [file] = world.bank_files()
    read = read_back(body_of(world, file))
    assert sorted(transfer["Cdtr/Nm"] for transfer in read.transfers) == ["Nurse 0", "Nurse 1", "Nurse 3"]
    assert (file.transfers, file.cents, read.header["GrpHdr/CtrlSum"]) == (3, 3 * NURSE, "2837.85")
    assert world.summary(run)["transfers"]["files"] == [{"transfers": 3, "amount": "2837.85"}]


def test_an_office_is_not_paid_for_the_pharmacies_that_were_not_written(world: World) -> None:
    world.pay_from()
    nurses(world, 1)
    pharmacists(world, "t", "u", "w")
    run = approved(world)
    taken = Entry("v1-z", 1, "payment", 1, "99999999", "pharmacist", 1, "Pu", "another-run", "2023-other")
    world.ledger.append(YEAR, shard_of("v1-z", world.shards), taken)
    not_written(world, "v1-w")
    run = world.pay(run)
    assert run.state == "released"
    [file] = world.bank_files()
    paid = {each["Cdtr/Nm"]: each["Amt/InstdAmt"] for each in read_back(body_of(world, file)).transfers}
    assert paid == {"Nurse 0": "945.95", "Tariff office": "1790.00"}
    assert file.cents == NURSE + PHARMACY


def test_a_run_of_which_nothing_was_written_has_no_file(world: World) -> None:
    world.pay_from()
    nurses(world, 2)
    run = approved(world)
    for person in ("v1-0", "v1-1"):
        not_written(world, person)
    assert world.pay(run).state == "released"
    assert (world.bank_files(), world.bank.bodies) == ([], {})
    assert world.summary(run)["transfers"] | {"sha256": ""} == {
        "count": 2,
        "sha256": "",
        "debtor": 1,
        "files": [],
        "execution": None,
    }


def test_a_run_that_pays_nobody_has_no_file(world: World) -> None:
    world.pay_from()
    world.drop(provider("v1-a", riziv(400_001), s1=1))
    assert released(world).state == "released"
    assert (world.bank_files(), world.bank.bodies) == ([], {})


def test_whose_payment_is_held_is_in_no_file(world: World) -> None:
    world.pay_from(hold_above=2 * NURSE)
    nurses(world, 2)
    pharmacists(world, "t", "u")
    run = released(world)
    [file] = world.bank_files()
    assert sorted(each["Cdtr/Nm"] for each in read_back(body_of(world, file)).transfers) == ["Nurse 0", "Nurse 1"]
    assert (file.transfers, file.cents) == (2, 2 * NURSE)
    assert [transfer["cents"] for transfer in world.folder(run).proposed.lines(TRANSFERS)] == [NURSE, NURSE]


# --- when the bank pays ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "ahead", "closed", "day"),
    [
        ("2023-12-04T10:00:00+00:00", 0, (), "2023-12-04"),
        ("2023-12-04T10:00:00+00:00", 2, (), "2023-12-06"),
        ("2023-12-08T10:00:00+00:00", 1, (), "2023-12-11"),  # a weekend
        ("2023-12-22T10:00:00+00:00", 1, (), "2023-12-27"),  # Christmas
        ("2023-12-29T10:00:00+00:00", 2, (), "2024-01-02"),
        ("2024-03-28T10:00:00+00:00", 1, (), "2024-04-02"),  # Easter
        ("2023-12-04T10:00:00+00:00", 2, ("2023-12-06", "2023-12-07"), "2023-12-08"),
        ("2023-12-04T10:00:00+00:00", 2, ("2023-12-06", "2023-12-07", "2023-12-08"), "2023-12-11"),
        ("2023-12-04T10:00:00+00:00", 2, ("2023-12-05",), "2023-12-06"),  # days ahead are calendar days
        # around midnight in Belgium, in winter and in summer
        ("2023-12-04T22:59:59+00:00", 1, (), "2023-12-05"),
        ("2023-12-04T23:00:00+00:00", 1, (), "2023-12-06"),
        ("2024-06-17T21:59:59+00:00", 1, (), "2024-06-18"),
        ("2024-06-17T22:00:00+00:00", 1, (), "2024-06-19"),
    ],
)
def test_the_bank_pays_on_the_first_open_day(at: str, ahead: int, closed: tuple[str, ...], day: str) -> None:
    debtor = DebtorAccount(**{**SETTINGS, "days_ahead": ahead, "closing_days": closed})
    assert execution_day(datetime.fromisoformat(at), debtor).isoformat() == day


@pytest.mark.parametrize(("at", "day"), [("22:59:59", "2023-12-05"), ("23:00:00", "2023-12-06")])
def test_the_day_of_the_approval_in_a_file_is_the_one_in_belgium(world: World, at: str, day: str) -> None:
    world.pay_from(days_ahead=1, answer_days=10)
    nurses(world, 2)
    run = world.evaluate(world.start(1, DECEMBER))
    world.clock.at = datetime.fromisoformat(f"2023-12-04T{at}+00:00")
    world.approve(run)
    world.pay(run)
    [file] = world.bank_files()
    header = read_back(body_of(world, file)).header
    assert (header["GrpHdr/CreDtTm"], header["PmtInf/ReqdExctnDt/Dt"]) == (f"2023-12-04T{at}Z", day)
    answer_by = datetime.fromisoformat(day) + timedelta(days=10)
    assert (file.execution, file.answer_by) == (day, answer_by.date().isoformat())


# --- which account pays ---------------------------------------------------------------------------


def test_without_an_account_that_pays_there_is_no_file_and_the_report_says_so(world: World) -> None:
    nurses(world, 2)
    run = approved(world)
    assert NO_DEBTOR in page_of(world, run)
    run = world.pay(run)
    assert (run.state, world.bank_files(), world.bank.bodies) == ("released", [], {})
    assert NO_DEBTOR in page_of(world, run)
    assert len(world.entries()) == 2


def first_then_other(world: World, first: Callable[[], object]) -> Run:
    """A run that was proposed after `first`, and approved after another account was confirmed."""
    first()
    nurses(world, 2)
    run = world.evaluate(world.start(1, DECEMBER))
    world.pay_from(name="Another body", iban=IBANS[2], message="001.001.03", transfers_per_file=2, days_ahead=9)
    world.clock.at = APPROVED_AT
    world.approve(run)
    return world.pay(run)


def test_an_account_that_was_confirmed_after_the_proposal_pays_nothing_of_it(world: World) -> None:
    run = first_then_other(world, world.pay_from)
    [file] = world.bank_files()
    header = read_back(body_of(world, file)).header
    assert (header["PmtInf/Dbtr/Nm"], header["PmtInf/DbtrAcct/Id/IBAN"]) == ("Example body", IBANS[1])
    assert (file.execution, world.summary(run)["transfers"]["debtor"]) == ("2023-12-06", 1)
    nurses(world, 3)
    world.run(1, DECEMBER, "second")
    [_, later] = world.bank_files()
    header = read_back(body_of(world, later)).header
    assert (header["PmtInf/Dbtr/Nm"], header["PmtInf/DbtrAcct/Id/IBAN"]) == ("Another body", IBANS[2])


def test_a_first_account_that_was_confirmed_after_the_proposal_makes_no_file(world: World) -> None:
    run = first_then_other(world, lambda: None)
    assert (run.state, world.bank_files(), world.bank.bodies) == ("released", [], {})
    assert NO_DEBTOR in page_of(world, run)
