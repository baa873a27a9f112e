"""The money of the made-up year, out to the bank and back, compared with the second opinion.

In December the bank rejects two transfers: one payee registers another account and is paid in
July, the other one does not and is not. After July a part of a recovery comes back, and the year
is closed.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from local.bank.answering import told_of_account
from local.bank.orders import read_orders
from local.cloud.treasury import Treasury
from local.opinions.year import oracle
from local.opinions.year.play import STUCK_AFTER, Season, UnexpectedAnswerError, cents_of

Json = dict[str, Any]
Say = Callable[[str], object]
REJECTED, REASONS = 2, ("AC04", "AC01")
"""How many transfers the bank rejects in December, and why."""
CORRECTED = "BE43068999999501"
"""The account that one of their payees registers afterwards."""
PART = 3
"""The part of a recovery that comes back: one third."""


def take_to_the_bank(
    treasury: Treasury,
    phase: int,
    run: str,
    wanted: oracle.Phase,
    expected: oracle.ExpectedYear,
    folder: Path,
    say: Say,
) -> list[str]:
    """Take the files of a run to the bank and bring its answers; the differences from what it was
    told to do.

    `folder` gets the files of the payee who registers another account.
    """
    rejected = rejected_in(phase, wanted, expected)
    names = treasury.names(run)
    reasons = {names[payment.number[:8]]: reason for payment, reason in zip(rejected, REASONS, strict=False)}
    told = treasury.answers(run, reasons)
    for file in treasury.files(run):
        say(
            f"[dim]{file['message_id']}: {file['transfers']} transfers, {cents_of(file['amount']) / 100:,.2f} EUR,"
            f" executed on {file['execution']}[/]"
        )
    found = []
    for payment in rejected:
        dossier = treasury.await_returns(payment.number, 1)
        back = [entry for entry in dossier["entries"] if entry["kind"] == "return"]
        if [cents_of(entry["amount"]) for entry in back] != [payment.cents]:
            found.append(f"phase {phase}: {payment.cents} cents came back, and the ledger has {back}")
    if rejected:
        come_back(rejected, expected, treasury.season.year, folder)
        treasury.season.drop(folder)
        say(f"The bank rejects {len(rejected)} transfers; one payee registers another account.")
    return found if told == reasons else [*found, f"phase {phase}: the bank rejected {told} instead of {reasons}"]


def rejected_in(phase: int, wanted: oracle.Phase, expected: oracle.ExpectedYear) -> list[oracle.Payment]:
    """The payments of a phase that the bank is to reject."""
    return expected.paid_alone(wanted)[:REJECTED] if phase == 1 else []


def come_back(rejected: list[oracle.Payment], expected: oracle.ExpectedYear, year: int, folder: Path) -> None:
    """Tell the second opinion what comes back, and that the first payee registers another account
    in spring; the file of it is written below `folder`.
    """
    for payment in rejected:
        expected.came_back(payment)
    first = rejected[0]
    place = folder / "in" / "accounts-desk" / "convention-premium" / str(year) / "accounts"
    place.mkdir(parents=True)
    row = f"{first.insz};{first.holder};{CORRECTED};{year + 1}-03-01;nl"
    (place / "corrected.csv").write_text(f"insz;holder;iban;registered_on;language\n{row}\n", "utf-8")
    expected.drop_folder(folder)
    expected.held.discard(first.insz)


def pay_back(treasury: Treasury, run: str, wanted: oracle.Phase, on: date, say: Say) -> list[str]:
    """Let a part of the largest recovery come in on the account that pays; the differences."""
    season = treasury.season
    listed = _recoveries(season)
    found = Counter(cents_of(each["amount"]) for each in listed)
    theirs = Counter(wanted.recoveries.values())
    if found != theirs:
        return [f"recoveries {dict(found)} instead of {dict(theirs)}"]
    if not listed:
        return []
    largest = max(listed, key=lambda each: (cents_of(each["remaining"]), each["riziv_number"]))
    part = cents_of(largest["remaining"]) // PART
    iban = read_orders(treasury.fetch(treasury.files(run)[0])).iban
    communication = structured(f"{largest['riziv_number']}{season.year % 100:02}")
    treasury.bring([told_of_account(iban, on, [(communication, part)], seed=season.year)])
    now = _await_part(season, largest["riziv_number"])
    say(f"Of a recovery of {largest['amount']} EUR {part / 100:,.2f} EUR come back; {now['remaining']} EUR remain.")
    rest = cents_of(largest["remaining"]) - part
    seen = [cents_of(each["amount"]) for each in now["parts"]], cents_of(now["remaining"])
    return [] if seen == ([part], rest) else [f"of a recovery {seen} instead of {part} came back, and {rest} remain"]


def structured(ten: str) -> str:
    """The twelve digits of a structured communication, worked out without the product."""
    return f"{ten}{int(ten) % 97 or 97:02}"


def _recoveries(season: Season) -> list[Json]:
    listed, cursor = list[Json](), dict[str, str]()
    while True:
        page = season.operator.get(f"/v1/premium-years/{season.year}/recoveries", **cursor)
        listed += page["recoveries"]
        if page["next"] is None:
            return listed
        cursor = {"cursor": page["next"]}


def _await_part(season: Season, number: str) -> Json:
    started = time.monotonic()
    while True:
        [now] = [each for each in _recoveries(season) if each["riziv_number"] == number]
        if now["parts"]:
            return now
        if time.monotonic() - started > STUCK_AFTER:
            raise UnexpectedAnswerError("the money that came back is not written")
        time.sleep(0.2)


def reconcile(season: Season, picture: Path, say: Say) -> list[str]:
    """Close the year by two persons, and read where its money is; what does not fit.

    `picture` = the file that gets the picture of it.
    """
    close(season)
    path = f"/v1/premium-years/{season.year}/reconciliation"
    found = season.operator.get(path)
    picture.write_text(season.operator.page(f"{path}/picture", lang="en"), "utf-8")
    money = found["money"]
    say(
        f"Closed: {money['decided']} EUR decided, {money['in_files']} sent to the bank, {money['accepted']} accepted,"
        f" {money['rejected']} rejected, of which {money['paid_again']} paid again, {money['recovered']} paid back."
    )
    return [f"{check['check']} does not hold: {check['misfits']}" for check in found["checks"] if not check["holds"]]


def close(season: Season) -> Json:
    """One person proposes to close the year as it is, another one confirms. Returns the closing."""
    path = f"/v1/premium-years/{season.year}"
    body = {"open_exceptions": season.operator.get(path)["open_exceptions"], "reason": "The year is over."}
    proposal = season.operator.post(f"{path}/close", body)["proposal"]
    closed: Json = season.approver.post(f"{path}/close/{proposal}/confirmation")
    return closed
