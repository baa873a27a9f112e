"""The stand-in of a bank, read by the product: what it says it did is what its messages tell."""

import io
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.bank.__main__ import main
from local.bank.answering import Answered, Habits, answered, answers_to, told_of_account
from local.bank.messages import NotificationVersion, ReportVersion
from local.bank.orders import read_orders
from tegemoet.banking.answers import Answer, Credit, OtherMovement, Told, read_answers
from tegemoet.banking.communication import structured_digits
from tegemoet.banking.payment_file import Version
from tests.unit.banking.test_payment_file import EXECUTION, VERSIONS, body_of, file_of, transfer

REPORTS: tuple[ReportVersion, ...] = get_args(ReportVersion)
NOTIFICATIONS: tuple[NotificationVersion, ...] = get_args(NotificationVersion)
ROOT = Path(__file__).parents[3]
QUIET = Habits(rejects=0, returns=0, others=0)
TOLD = date(2023, 12, 20)
MONEY_IN = ((structured_digits(1), 5_000), (structured_digits(97), 1))


def paid(count: int, version: Version = "001.001.09") -> bytes:
    transfers = [transfer(number, cents=100_000 + number) for number in range(count)]
    return body_of(file_of(transfers, version), transfers)


def name(number: int) -> str:
    return transfer(number).end_to_end_id


def read(files: Sequence[bytes]) -> list[Told]:
    return [each for file in files for each in read_answers(io.BytesIO(file))]


def answers(files: Sequence[bytes], level: str = "transaction") -> list[Answer]:
    return [each for each in read(files) if isinstance(each, Answer) and each.level == level]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_bank_reads_a_file_of_each_version(version: Version) -> None:
    orders = read_orders(paid(3, version))
    assert [(each.end_to_end_id, each.cents) for each in orders.orders] == [
        (name(0), 100_000),
        (name(1), 100_001),
        (name(2), 100_002),
    ]
    assert (orders.message_id, orders.payment_id) == ("TGM-2023-1-0123456789-1", "TGM-2023-1-0123456789-1-P")
    assert (orders.iban, orders.execution, orders.cents) == ("BE71096123456769", EXECUTION, 300_003)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"pain.001.001.09", b"pain.001.001.12"),
        (b"<NbOfTxs>3<", b"<NbOfTxs>2<"),
        (b"<CtrlSum>3000.03<", b"<CtrlSum>3000.04<"),
        (b"EndToEndId>", b"InstrId>"),
        (b"GrpHdr>", b"Header>"),
    ],
)
def test_the_bank_reads_no_file_that_contradicts_itself(old: bytes, new: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the (file|count)"):
        read_orders(paid(3).replace(old, new))


def test_a_file_without_trouble_is_accepted_as_a_whole() -> None:
    did = answered(paid(3), seed=1, habits=QUIET)
    [file, payment] = read(did.files)
    assert isinstance(file, Answer)
    assert isinstance(payment, Answer)
    assert (file.level, file.state, payment.level, payment.state) == ("file", "accepted", "payment", "accepted")
    assert (did.accepted, did.accepted_cents, did.rejected, did.returned) == (3, 300_003, {}, {})


def test_a_file_whose_transfers_are_all_rejected_is_rejected() -> None:
    files = answers_to(paid(2), seed=1, habits=replace(QUIET, rejects=1))
    assert [each.state for each in answers(files, "file") + answers(files)] == ["rejected"] * 3


def test_what_is_named_is_rejected_or_comes_back_and_nothing_else() -> None:
    named = replace(QUIET, rejected={name(0): "AC04"}, returned={name(1): "no such person"}, partly={name(2): 7})
    did = answered(paid(5), seed=1, habits=named)
    found = [(each.end_to_end_id, each.state, each.cents) for each in answers(did.files) if each.state != "accepted"]
    assert sorted(found, key=repr) == [
        (name(0), "rejected", 100_000),
        (name(1), "returned", 100_001),
        (name(2), "returned", 7),
    ]
    reasons = {each.end_to_end_id: each.reason for each in answers(did.files) if each.reason}
    assert (reasons[name(0)], reasons[name(1)]) == ("AC04", "no such person")
    assert {each.state for each in answers(did.files, "file")} == {"pending"}
    assert (did.rejected_cents, did.returned_cents) == (100_000, 100_008)


@pytest.mark.parametrize(
    "habits",
    [
        Habits(rejected={"TGM-nobody": "AC04"}),
        Habits(partly={"TGM-nobody": 1}),
        Habits(rejected={name(0): "AC04"}, returned={name(0): "AC04"}),
        Habits(partly={name(0): 0}),
        Habits(partly={name(0): 100_001}),
    ],
)
def test_the_bank_does_nothing_that_cannot_be(habits: Habits) -> None:
    with pytest.raises(ValueError, match=r"transfer|comes back"):
        answered(paid(2), seed=1, habits=habits)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 60),
    st.integers(),
    st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from(REPORTS),
    st.sampled_from(NOTIFICATIONS),
)
def test_the_messages_tell_what_the_bank_did(
    count: int,
    seed: int,
    rejects: float,
    returns: float,
    reports: ReportVersion,
    notifications: NotificationVersion,
) -> None:
    habits = Habits(reports, notifications, rejects, returns, credits=MONEY_IN)
    body = paid(count)
    did = answered(body, seed=seed, habits=habits)
    assert answered(body, seed=seed, habits=habits) == did
    told = read(did.files)
    assert of_state(told, "rejected") == dict(did.rejected)
    assert of_state(told, "returned") == dict(did.returned)
    assert did.accepted + len(did.rejected) == count
    assert did.accepted_cents + did.rejected_cents == sum(100_000 + number for number in range(count))
    money_in = [each for each in told if isinstance(each, Credit)]
    assert sorted((each.structured, each.cents) for each in money_in) == sorted(MONEY_IN)
    assert (did.credits, did.credits_cents) == (2, 5_001)
    assert sum(isinstance(each, OtherMovement) for each in told) == did.others == 3
    references = [each.reference for each in told if isinstance(each, Answer | Credit) and each.reference]
    assert len(references) == len(set(references)) == len(did.returned) + 2
    assert {each.on for each in told if isinstance(each, Credit)} == {TOLD}


def of_state(told: Sequence[Told], state: str) -> dict[str | None, tuple[str | None, int | None]]:
    """The reason and amount of each transfer with this state, each of which is told once."""
    found = [each for each in told if isinstance(each, Answer) and each.level == "transaction" and each.state == state]
    names = {each.end_to_end_id: (each.reason, each.cents) for each in found}
    assert len(names) == len(found)
    return names


def test_another_seed_is_another_bank() -> None:
    body = paid(60)
    many: set[tuple[str, ...]] = set()
    for seed in range(5):
        did: Answered = answered(body, seed=seed, habits=Habits(rejects=0.5))
        many.add(tuple(did.rejected))
    assert len(many) == 5


@pytest.mark.parametrize("version", NOTIFICATIONS)
def test_money_that_comes_in_is_told_without_a_file(version: NotificationVersion) -> None:
    body = told_of_account("BE71096123456769", TOLD, MONEY_IN, seed=1, others=2, version=version)
    told = read([body])
    assert sorted((each.structured, each.cents) for each in told if isinstance(each, Credit)) == sorted(MONEY_IN)
    assert len(told) == 4
    with pytest.raises(ValueError, match="no movement"):
        told_of_account("BE71096123456769", TOLD, (), seed=1)


def test_the_command_writes_the_messages_and_prints_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "file.xml").write_bytes(paid(40))
    command = [sys.executable, "-m", "local.bank", "file.xml", "--seed", "7", "--out", "out", "--rejects", "0.5"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, check=True, capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}
    )
    did = answered(paid(40), seed=7, habits=Habits(rejects=0.5))
    written = [(tmp_path / "out" / f"file-{kind}.xml").read_bytes() for kind in ("report", "notification")]
    assert tuple(written) == did.files
    assert done.stdout.startswith(f"file.xml: {did.accepted} accepted (")
    assert (
        f"{len(did.rejected)} rejected ({did.rejected_cents // 100}.{did.rejected_cents % 100:02d} EUR)" in done.stdout
    )


def test_the_command_names_a_file_that_it_does_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file.xml").write_bytes(b"no file")
    assert main([str(tmp_path / "file.xml"), "--seed", "7", "--out", str(tmp_path)]) == 1
    assert "file.xml: " in capsys.readouterr().err
