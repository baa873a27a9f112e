"""The money of a premium year, out to the bank and back on the deployed template, in any order.

The bank rejects some transfers, returns others days later, and tells of each twice, the last first.
Who has a newer account is paid again in July; who has none is not. Nobody has more than is due, and
the year can be closed, which requires every cent to fit.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.bank.answering import Answered, Habits, answered
from local.bank.orders import read_orders
from local.cloud.at_the_bank import close, pay_back
from local.cloud.debtor_account import set_example
from local.cloud.local_cloud import LocalCloud
from local.cloud.treasury import Treasury
from local.opinions.year import oracle
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import Season, cents_of
from tests.support.dropping import iban

FIGURES = figures_of(2023)
PERSONS, SEED = 150, 13
Json = dict[str, Any]


@dataclass
class Sent:
    """A run whose files went to the bank, and what the bank did with each."""

    run: str
    wanted: oracle.Phase
    did: list[Answered] = field(default_factory=list)


@dataclass
class Played:
    """A year whose bank answered; `failed` = the payments of December that did not arrive, by
    whether their payee has a newer account in July.
    """

    season: Season
    expected: oracle.ExpectedYear
    treasury: Treasury
    december: Sent
    july: Sent
    failed: dict[bool, list[oracle.Payment]]


def to_the_bank(treasury: Treasury, sent: Sent, troubles: Sequence[list[oracle.Payment]]) -> None:
    """Take the files of a run to the bank, and bring what it tells: the last message first, and
    each of them again under another name. `troubles` = what it rejects, and what it returns.
    """
    names = treasury.names(sent.run)
    for file in treasury.files(sent.run):
        body = treasury.fetch(file)
        here = {order.end_to_end_id for order in read_orders(body).orders}
        rejected, returned = (
            {name: reason for each in payments if (name := names[each.number[:8]]) in here}
            for payments, reason in ((troubles[0], "AC04"), (troubles[1], "AC06"))
        )
        habits = Habits(rejects=0, returns=0, rejected=rejected, returned=returned)
        sent.did.append(answered(body, seed=SEED, habits=habits))
    messages = [message for did in sent.did for message in did.files]
    treasury.bring(reversed(messages))
    treasury.bring(messages)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    root = tmp_path_factory.mktemp("year")
    generate(root, FIGURES, PERSONS, SEED)
    expected = oracle.ExpectedYear(FIGURES)
    with LocalCloud() as cloud:
        season = Season(cloud.deploy(), FIGURES.year)
        set_example(season.operator, season.approver)
        treasury = Treasury(season, root / "bank")

        def play(phase: int) -> Sent:
            on = FIGURES.evaluated[phase]
            season.drop(root / str(phase))
            expected.drop_folder(root / str(phase))
            wanted = expected.phase(phase, on)
            season.start(phase, on)
            return Sent(season.approve(phase)["run"], wanted)

        december = play(1)
        chosen = random.Random(SEED).sample(expected.paid_alone(december.wanted), 8)
        to_the_bank(treasury, december, (chosen[:4], chosen[4:]))
        for payment in chosen:
            treasury.await_returns(payment.number, 1)
            expected.came_back(payment)
        failed = {True: chosen[::2], False: chosen[1::2]}
        newer_accounts(season, failed[True], expected, root / "newer")
        july = play(2)
        to_the_bank(treasury, july, ([], []))
        yield Played(season, expected, treasury, december, july, failed)


def newer_accounts(season: Season, payments: list[oracle.Payment], expected: oracle.ExpectedYear, folder: Path) -> None:
    """The payees of payments that came back register other accounts in spring."""
    place = folder / "in" / "accounts-desk" / "convention-premium" / str(season.year) / "accounts"
    place.mkdir(parents=True)
    rows = [f"{p.insz};{p.holder};{iban(500 + n)};{season.year + 1}-03-01;nl" for n, p in enumerate(payments)]
    (place / "newer.csv").write_text("\n".join(["insz;holder;iban;registered_on;language", *rows, ""]), "utf-8")
    season.drop(folder)
    expected.drop_folder(folder)
    expected.held -= {payment.insz for payment in payments}


def entries(year: Played, payment: oracle.Payment) -> list[tuple[str, int]]:
    """The entries of a payee in the ledger: kind and cents."""
    return [(each["kind"], cents_of(each["amount"])) for each in year.season.dossier(payment.number)["entries"]]


def test_the_files_for_the_bank_pay_what_the_second_opinion_pays(year: Played) -> None:
    for sent in (year.december, year.july):
        files = [read_orders(year.treasury.fetch(file)) for file in year.treasury.files(sent.run)]
        assert sum(file.cents for file in files) == sum(payment.cents for payment in sent.wanted.payments) > 0
        found = dict(year.season.payments(sent.run))
        assert found == dict(Counter((payment.iban, payment.cents) for payment in sent.wanted.payments))


def test_what_the_bank_did_not_pay_comes_back_once(year: Played) -> None:
    told = [cents for did in year.december.did for _, cents in (*did.rejected.values(), *did.returned.values())]
    failed = [payment for payments in year.failed.values() for payment in payments]
    assert sorted(told) == sorted(payment.cents for payment in failed)
    for payment in failed:
        assert entries(year, payment)[:2] == [("payment", payment.cents), ("return", payment.cents)]
        assert [kind for kind, _ in entries(year, payment)].count("return") == 1


def test_who_has_a_newer_account_is_paid_again_and_nobody_else(year: Played) -> None:
    assert all(entries(year, payment)[2:] == [] for payment in year.failed[False])
    again = [entries(year, payment)[2:] for payment in year.failed[True]]
    assert all(kind == "payment" for later in again for kind, _ in later)
    assert any(again)


def test_money_comes_back_late_and_the_year_closes_to_the_cent(year: Played) -> None:
    season = year.season
    assert pay_back(year.treasury, year.july.run, year.july.wanted, date(2024, 9, 1), lambda _: None) == []
    late = year.expected.paid_alone(year.july.wanted)[0]
    bring_back(year, year.july, late, "AC04", days=9)
    assert close(season)["closed_on"]
    early = year.expected.paid_alone(year.december.wanted)
    after = next(p for p in early if not any(kind == "return" for kind, _ in entries(year, p)))
    bring_back(year, year.december, after, "AC06", days=300)
    # the return is written although the year is closed; a person pays outside of it
    listed = season.operator.get(f"/v1/premium-years/{season.year}/exceptions")["exceptions"]
    assert Counter(each["kind"] for each in listed)["returned-after-close"] == 1


def bring_back(year: Played, sent: Sent, payment: oracle.Payment, reason: str, days: int) -> None:
    """The bank returns one more payment, so many days after its execution."""
    name = year.treasury.names(sent.run)[payment.number[:8]]
    for file in year.treasury.files(sent.run):
        body = year.treasury.fetch(file)
        if name in {order.end_to_end_id for order in read_orders(body).orders}:
            habits = Habits(rejects=0, returns=0, returned={name: reason}, others=0, days=days)
            year.treasury.bring(answered(body, seed=SEED + days, habits=habits).files[1:])
    year.treasury.await_returns(payment.number, 1)
