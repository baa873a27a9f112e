"""The bank of the local cloud: it answers on what it was sent, the same way for the same seed."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import pytest

from local.bank.__main__ import main
from local.bank.bank import REASONS, Bank
from local.bank.sent import read_sent
from local.bank.told import Movement, notification
from tegemoet.banking.answers import Answer, Credit, OtherMovement, read_answers
from tegemoet.banking.debtor import Debtor
from tegemoet.banking.payment_file import PaymentFile, written
from tegemoet.banking.transfers import Transfer

CENTS = {f"TGM-2023-{n:020}": 10_000 + n for n in range(200)}
ON = date(2023, 12, 6)


def payments(version: Literal["001.001.03", "001.001.09"] = "001.001.09") -> bytes:
    transfers = [Transfer(name, "Holder", "BE68539007547034", cents, "Premie 2023") for name, cents in CENTS.items()]
    debtor = Debtor("Example body", "BE71096123456769", "GKCCBEBB")
    created = datetime(2023, 12, 1, 9, tzinfo=UTC)
    sent = PaymentFile(version, "TGM-1", "TGM-1-P", created, ON, debtor, len(CENTS), sum(CENTS.values()))
    return b"".join(written(sent, transfers))


@pytest.mark.parametrize("version", ["001.001.03", "001.001.09"])
def test_it_reads_a_file_of_either_version(version: Literal["001.001.03", "001.001.09"]) -> None:
    sent = read_sent(payments(version))
    assert (sent.message_id, sent.payment_id, sent.execution) == ("TGM-1", "TGM-1-P", "2023-12-06")
    assert sent.cents == CENTS


def test_a_file_whose_totals_are_wrong_is_not_read() -> None:
    with pytest.raises(ValueError, match="totals"):
        read_sent(payments().replace(b"<NbOfTxs>200<", b"<NbOfTxs>201<"))


@pytest.mark.parametrize("report", ["001.03", "001.10"])
@pytest.mark.parametrize("movements", ["001.02", "001.08"])
def test_the_product_reads_what_it_answers(report: str, movements: str) -> None:
    bank = Bank(7, 0.1, 0.1, strangers=5, report_version=report, movements_version=movements)
    answered = bank.answer(payments())
    told = [each for each in read_answers(io.BytesIO(answered.report)) if isinstance(each, Answer)]
    rejected = {each.end_to_end_id: each.reason for each in told if each.state == "rejected"}
    accepted = {each.end_to_end_id for each in told if each.state == "accepted"}
    assert rejected == answered.rejected
    assert accepted == set(CENTS) - set(rejected)
    booked = list(read_answers(io.BytesIO(answered.movements)))
    back = {each.end_to_end_id: each.reason for each in booked if isinstance(each, Answer)}
    assert back == answered.returned
    assert all(each.cents == CENTS[each.end_to_end_id or ""] for each in booked if isinstance(each, Answer))
    assert sum(isinstance(each, Credit | OtherMovement) for each in booked) == 5
    assert answered.rejected
    assert answered.returned
    assert not set(rejected) & set(back)
    assert {*rejected.values(), *back.values()} <= set(REASONS)


def test_the_same_seed_gives_the_same_answers() -> None:
    bank = Bank(3, 0.1, 0.1)
    assert bank.answer(payments()) == bank.answer(payments())
    assert bank.answer(payments()).rejected != Bank(4, 0.1, 0.1).answer(payments()).rejected


def test_a_transfer_is_rejected_for_a_given_reason() -> None:
    name = next(iter(CENTS))
    assert Bank(reasons={name: "MD07", "another": "AC04"}).answer(payments()).rejected == {name: "MD07"}


def test_money_comes_in_under_a_structured_communication() -> None:
    message = notification("BE71096123456769", "2024-08-06", [Movement(12_345, "R1", communication="090933755493")])
    assert list(read_answers(io.BytesIO(message))) == [Credit(12_345, date(2024, 8, 6), "090933755493", "R1")]


def test_the_command_answers_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.xml").write_bytes(payments())
    main([str(tmp_path / "a.xml"), "--seed", "1", "--rejects", "1", "--out", str(tmp_path / "out")])
    assert capsys.readouterr().out == "a.xml: 200 rejected, 0 returned\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a-movements.xml", "a-report.xml"]
