"""After the approval: exactly the approved entries, once, or nothing and a reason."""

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from tegemoet.application.attempts import FileChangedError
from tegemoet.application.premium_year import settlement
from tegemoet.application.premium_year.entries import entry_of
from tegemoet.application.premium_year.folder import NotApprovedError, output_prefix
from tegemoet.application.premium_year.invariants import InvariantViolationError
from tegemoet.application.premium_year.payees import payee_mac
from tegemoet.application.premium_year.records import Payment
from tegemoet.application.premium_year.report import listing_csv
from tegemoet.application.records import Entry, Run, RunState, Settled
from tegemoet.domain.identity import shard_of
from tegemoet.domain.manual_review import YearException
from tests.support.premium_world import DECEMBER, YEAR, World, account, office, provider, riziv, two_shards

NURSE, PHARMACY = 94595, 179000
N1, N2, P1 = riziv(400_001), riziv(400_002), riziv(210_001)


@pytest.fixture
def world() -> Iterator[World]:
    with two_shards():
        found = World()
        found.drop(
            [*provider("v1-a", N1, s1=11_800), account("v1-a"), *provider("v1-b", N2, s1=11_800), account("v1-b")]
        )
        yield found


def approved(world: World) -> Run:
    run = world.evaluate(world.start(1, DECEMBER))
    world.approve(run)
    return world.now(run)


def settle(world: World, run: Run) -> None:
    for shard in range(world.shards):
        world.settle_shard(run, shard)


def release(world: World, run: Run) -> None:
    world.release(run)


def put_run(world: World, run: Run, state: RunState | None = None, approved_by: str | None = None) -> None:
    """Put the run into a state that no call would bring it into."""
    detail = run.detail if approved_by is None else replace(run.detail, approved_by=approved_by)
    world.runs.items[run.id] = replace(run, state=state or run.state, detail=detail)


# --- which run ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "good"),
    [
        ("approved", True),
        ("failed", True),
        ("released", True),
        ("waiting", False),
        ("refused", False),
        ("expired", False),
    ],
)
def test_only_a_run_that_was_approved_is_paid(world: World, state: RunState, good: bool) -> None:
    run = approved(world)
    put_run(world, run, state=state)
    if good:
        assert settlement.approved_run(run.id, world.runs, world.seal).id == run.id
    else:
        with pytest.raises(NotApprovedError):
            settlement.approved_run(run.id, world.runs, world.seal)


def test_a_run_without_an_approver_or_that_does_not_exist_is_not_paid(world: World) -> None:
    run = approved(world)
    put_run(world, run, approved_by="")
    for name in (run.id, "no-such-run"):
        with pytest.raises(NotApprovedError):
            settlement.approved_run(name, world.runs, world.seal)


# --- entries --------------------------------------------------------------------------------------


def test_an_entry_is_named_after_person_and_number_and_not_after_its_run() -> None:
    payment = Payment(
        before=94595,
        cents=2954,
        kind="difference",
        number=3,
        payee=N1[:8],
        payee_mac="mac",
        person="v1-a",
        pharmacy_id=None,
        profession="nurse",
        riziv_number=N1[:8],
    )
    run = Run("run-1", YEAR, 2, "2024-06-15", "operator", "", "approved")
    digest = hashlib.sha256(b"v1-a#3").hexdigest()[:20]
    assert entry_of(run, payment) == Entry(
        "v1-a", 3, "payment", 2, N1[:8], "nurse", 2954, None, "run-1", f"2023-{digest}", "mac"
    )
    assert entry_of(replace(run, id="run-2"), payment).entry_id == f"2023-{digest}"
    assert entry_of(run, replace(payment, pharmacy_id="ph-1")).pharmacy_id == "ph-1"


def test_what_was_approved_is_written_once_however_often_it_is_settled(world: World) -> None:
    run = approved(world)
    settle(world, run)
    written = world.entries()
    assert {(e.person, e.number, e.amount, e.run) for e in written} == {
        ("v1-a", 1, NURSE, run.id),
        ("v1-b", 1, NURSE, run.id),
    }
    settle(world, run)
    for shard in range(world.shards):
        world.work.delete([world.folder(run).settled_key(shard)])
    settle(world, run)
    assert world.entries() == written


def test_a_shard_tells_what_it_wrote(world: World) -> None:
    run = approved(world)
    settle(world, run)
    results = [world.folder(run).settled(shard) for shard in range(world.shards)]
    assert sum(r.entries for r in results) == 2
    assert sum(r.cents for r in results) == 2 * NURSE
    assert [[*r.not_written, *r.skipped, *r.pharmacies] for r in results] == [[], []]


def altered(world: World, key: str) -> None:
    body = world.work.get(key)
    world.work.put(key, body.replace(b"94595", b"94596"))
    assert world.work.get(key) != body


@pytest.mark.parametrize("after", [b"{", b'{"unheard-of": 1}\n', b"\xff\n"])
def test_what_was_approved_is_compared_before_it_is_read(world: World, after: bytes) -> None:
    run = approved(world)
    shard = shard_of("v1-a", world.shards)
    for key in (
        world.folder(run).evaluated(shard).key("payments.jsonl"),
        world.folder(run).proposed.key("proposal.json"),
    ):
        body = world.work.get(key)
        world.work.put(key, body + after)
        with pytest.raises(NotApprovedError):
            settlement.settle_shard(
                run.id, shard, runs=world.runs, ledger=world.ledger, work=world.work, seal=world.seal
            )
        world.work.put(key, body)
    assert world.entries() == []


@pytest.mark.parametrize("what", ["payments", "proposal"])
def test_payments_that_differ_from_what_was_approved_are_not_written(world: World, what: str) -> None:
    run = approved(world)
    shard = shard_of("v1-a", world.shards)
    if what == "payments":
        altered(world, world.folder(run).evaluated(shard).key("payments.jsonl"))
    else:
        body = world.work.get(world.folder(run).proposed.key("proposal.json"))
        world.work.put(world.folder(run).proposed.key("proposal.json"), body + b" ")
    with pytest.raises(NotApprovedError, match="approved"):
        settlement.settle_shard(run.id, shard, runs=world.runs, ledger=world.ledger, work=world.work, seal=world.seal)
    assert world.entries() == []


def test_nothing_is_written_in_a_year_that_is_closed(world: World) -> None:
    run = approved(world)
    world.ledger.close(YEAR, "")
    with pytest.raises(NotApprovedError, match="closed"):
        settle(world, run)
    assert world.entries() == []


def test_where_the_number_is_taken_nothing_is_written_and_the_report_says_so(world: World) -> None:
    run = approved(world)
    shard = shard_of("v1-a", world.shards)
    other = Entry("v1-a", 1, "payment", 1, N1[:8], "nurse", 100, None, "another-run", "2023-other")
    world.ledger.append(YEAR, shard, other)
    settle(world, run)
    assert world.paid() == {"v1-a": [100], "v1-b": [NURSE]}
    result = world.folder(run).settled(shard)
    assert result.skipped == ["v1-a"]
    assert result.not_written == [
        YearException(f"entry-taken.{N1[:8]}", "entry-taken", {"riziv_number": N1[:8]}),
    ]
    release(world, run)
    assert world.exceptions()[f"entry-taken.{N1[:8]}"] == {"riziv_number": N1[:8]}
    assert world.now(run).detail.settled == Settled(entries=1, amount="945.95", not_written=1)
    payments = world.output.get(output_prefix(run) + "payments.csv").decode()
    assert payments.count("\n") == 2
    assert N1[:8] not in payments


def broken_after_settling(world: World, run: Run) -> str:
    with pytest.raises(InvariantViolationError) as error:
        settle(world, run)
    assert world.now(run).state == "approved"
    return str(error.value)


def test_an_entry_that_is_not_in_the_ledger_afterwards_stops_the_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = approved(world)
    monkeypatch.setattr(world.ledger, "append", lambda year, shard, *entries: list(entries))
    assert broken_after_settling(world, run)


@pytest.mark.parametrize(("number", "cents"), [(3, 100), (2, 100)], ids=["a number left out", "more than was due"])
def test_an_entry_that_nobody_decided_stops_the_run(world: World, number: int, cents: int) -> None:
    run = approved(world)
    stray = Entry("v1-a", number, "payment", 1, N1[:8], "nurse", cents, None, "another-run", "2023-other")
    world.ledger.append(YEAR, shard_of("v1-a", world.shards), stray)
    assert broken_after_settling(world, run)


def titular(person: str, number: str) -> list[Any]:
    return [
        row | {"pharmacy_id": "ph-1", "tariff_office": "office-1"} if row["kind"] == "practices" else row
        for row in provider(person, number, "pharmacist")
    ]


def test_a_pharmacy_that_was_claimed_meanwhile_is_not_paid_again(world: World) -> None:
    world.drop([*titular("v1-t", P1), office("office-1")])
    run = approved(world)
    claimed = Entry("v1-z", 1, "payment", 1, "99999999", "pharmacist", PHARMACY, "ph-1", "another-run", "2023-other")
    world.ledger.append(YEAR, shard_of("v1-z", world.shards), claimed)
    settle(world, run)
    assert "v1-t" not in world.paid()
    result = world.folder(run).settled(shard_of("v1-t", world.shards))
    assert result.skipped == ["v1-t"]
    assert [(n.id, n.kind) for n in result.not_written] == [(f"pharmacy-taken.{P1[:8]}", "pharmacy-taken")]


def test_a_pharmacy_that_is_paid_is_told_with_its_titular(world: World) -> None:
    world.drop([*titular("v1-t", P1), office("office-1")])
    run = approved(world)
    settle(world, run)
    result = world.folder(run).settled(shard_of("v1-t", world.shards))
    assert result.pharmacies == [("ph-1", "v1-t", P1[:8])]
    release(world, run)
    assert world.now(run).state == "released"


# --- release --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holder", "shown"),
    [
        ("-Dupont", "'-Dupont"),
        ("=cmd()", "'=cmd()"),
        ("Doe,=1+1", "Doe,'=1+1"),
        ("Doe; +1", "Doe;' +1"),
        ("Peeters", "Peeters"),
    ],
)
def test_programs_read_the_name_as_delivered_and_people_a_neutral_one(holder: str, shown: str) -> None:
    with two_shards():
        world = World()
        world.drop([*provider("v1-a", N1, s1=11_800), account("v1-a", holder=holder)])
        run = approved(world)
        settle(world, run)
        release(world, run)
        prefix = output_prefix(run)
        paid, readable = (
            list(csv.DictReader(io.StringIO(world.output.get(prefix + name).decode()), delimiter=";"))
            for name in ("payments.csv", "payments-readable.csv")
        )
    assert [row["holder"] for row in paid] == [holder]
    assert readable == [{**row, "holder": shown} for row in paid]
    assert prefix + "payments-readable.csv" in (world.now(run).detail.outputs or ())
    assert len(world.output.versions[prefix + "payments-readable.csv"]) == 1


def test_what_people_read_of_exceptions_and_recoveries_runs_no_formula() -> None:
    exceptions = [YearException("several-pharmacies.1", "several-pharmacies", {"pharmacies": ["=1+1", "-2"]})]
    for block in listing_csv(exceptions):
        for delimiter in ",;":
            for row in csv.reader(io.StringIO(block.decode()), delimiter=delimiter):
                assert not any(cell.lstrip(' "').startswith(("=", "+", "-", "@")) for cell in row)


def test_a_release_is_told_with_sums_and_ids_only_and_may_be_told_twice(world: World) -> None:
    run = approved(world)
    settle(world, run)
    release(world, run)
    release(world, run)
    told = [detail for kind, detail in world.events.published if kind == "run.released"]
    assert told == [{"run": run.id, "year": YEAR, "phase": 1, "payments": 2, "amount": "1891.90"}] * 2
    prefix = output_prefix(run)
    assert len(world.output.versions[prefix + "payments.csv"]) == 1
    assert prefix + "payments.csv" in (world.now(run).detail.outputs or ())
    summary = orjson.loads(world.output.get(prefix + "summary.json"))
    assert summary["state"] == "released"
    assert summary["settled"] == {"entries": 2, "amount": "1891.90", "not_written": 0}
    assert {check["check"] for check in summary["checks"]} == {
        "entries-equal-payment-file",
        "payment-file-equals-approval",
        "entries-equal-payments",
        "transfers-as-approved",
        "transfers-equal-entries",
        "bank-files-equal-entries",
        "reconciled-before",
        "claims-equal-pharmacies-paid",
        "within-premium",
    }


def test_a_release_may_be_told_again_after_the_year_is_closed(world: World) -> None:
    run = approved(world)
    settle(world, run)
    release(world, run)
    world.runs.years[YEAR] = replace(world.runs.years[YEAR], closed=True)
    release(world, run)
    assert [kind for kind, _ in world.events.published if kind == "run.released"] == ["run.released"] * 2


def test_a_run_that_failed_on_the_way_is_released_when_it_is_done_again(world: World) -> None:
    run = approved(world)
    put_run(world, run, state="failed")
    settle(world, run)
    release(world, run)
    assert world.now(run).state == "released"


def test_a_payment_file_that_differs_from_the_ledger_is_not_released(world: World) -> None:
    run = approved(world)
    settle(world, run)
    shard = shard_of("v1-a", world.shards)
    result = world.folder(run).settled(shard)
    world.work.delete([world.folder(run).settled_key(shard)])
    world.folder(run).write_settled(shard, replace(result, cents=result.cents + 1))
    with pytest.raises(Exception, match="entries-equal-payment-file"):
        release(world, run)
    assert world.now(run).state == "approved"
    public = [key for key in world.output.bodies if key.startswith("out/") or key.endswith("payments.csv")]
    assert public == [], "checks come before what cannot be undone"


def test_a_payment_file_that_somebody_else_put_is_not_released(world: World) -> None:
    run = approved(world)
    settle(world, run)
    world.output.put(output_prefix(run) + "payments.csv", b"another file\n")
    with pytest.raises(InvariantViolationError, match=r"payment-file-as-reconciled\b"):
        release(world, run)
    assert world.now(run).state == "approved"


def public(world: World) -> list[str]:
    """What partners and treasury can see of a release."""
    return [key for key in world.output.bodies if key.startswith("out/") or key.endswith("payments.csv")]


def test_an_entry_proves_payee_holder_and_account(world: World) -> None:
    run = approved(world)
    settle(world, run)
    proof = payee_mac(N1[:8], "Holder", "BE68539007547034", world.secrets.digest_secret())
    assert {entry.payee_mac for entry in world.entries() if entry.person == "v1-a"} == {proof}


def swap(world: World, run: Run, name: str, old: bytes, new: bytes, with_commit: bool) -> None:
    """Change a file of every shard, and the hash of it that was committed."""
    for shard in range(world.shards):
        step = world.folder(run).evaluated(shard)
        key = step.key(name)
        body, commit = world.work.get(key), world.work.get(step.commit_key)
        world.work.put(key, body.replace(old, new))
        if with_commit:
            hashes = [hashlib.sha256(each).hexdigest().encode() for each in (body, body.replace(old, new))]
            world.work.put(step.commit_key, commit.replace(*hashes))


@pytest.mark.parametrize("with_commit", [False, True])
def test_payments_that_were_swapped_after_settling_are_not_released(world: World, with_commit: bool) -> None:
    run = approved(world)
    settle(world, run)
    swap(world, run, "payments.jsonl", b"94595", b"94596", with_commit)
    with pytest.raises(NotApprovedError):
        release(world, run)
    assert (world.now(run).state, public(world)) == ("approved", [])


@pytest.mark.parametrize(
    ("old", "new", "with_commit", "error"),
    [
        (b"BE68539007547034", b"BE71096123456769", False, FileChangedError),
        # the entries prove whom the approver saw, whatever the commit says
        (b"BE68539007547034", b"BE71096123456769", True, InvariantViolationError),
        (b'"Holder"', b'"Thief"', True, InvariantViolationError),
        (b"\n", b"\n{}\n", True, NotApprovedError),
    ],
)
def test_accounts_that_were_swapped_after_settling_are_not_released(
    world: World, old: bytes, new: bytes, with_commit: bool, error: type[Exception]
) -> None:
    run = approved(world)
    settle(world, run)
    swap(world, run, "payees.jsonl", old, new, with_commit)
    with pytest.raises(error):
        release(world, run)
    assert (world.now(run).state, public(world)) == ("approved", [])


def test_a_transfer_that_differs_from_the_approved_one_stops_the_release(world: World) -> None:
    """No entry proves the language in which the payee reads the statement: the list does."""
    world.pay_from()
    run = approved(world)
    settle(world, run)
    swap(world, run, "payees.jsonl", b'"language":"nl"', b'"language":"fr"', with_commit=True)
    with pytest.raises(InvariantViolationError, match=r"^transfers-as-approved: 1 / 0$"):
        release(world, run)
    assert (world.now(run).state, public(world), world.bank_files()) == ("approved", [], [])


def test_what_settling_reads_has_no_holder_and_no_account(world: World) -> None:
    run = approved(world)
    settle(world, run)
    reads = (".json", "payments.jsonl", "proposal.json")
    texts = [
        world.work.get(key)
        for place in ("evaluated", "proposed", "settled")
        for key in world.work.keys(f"runs/{run.id}/{place}")
        if key.endswith(reads)
    ]
    assert any(b"payee_mac" in text for text in texts)
    assert not [text for text in texts if b"BE68539007547034" in text or b"Holder" in text]


def test_an_entry_for_another_payee_than_was_approved_is_not_released(world: World) -> None:
    run = approved(world)
    settle(world, run)
    key, entry = next(iter(world.ledger.items.items()))
    world.ledger.items[key] = replace(entry, payee_mac="0" * 64)
    with pytest.raises(InvariantViolationError, match="entries-equal-payments"):
        release(world, run)
    assert (world.now(run).state, public(world)) == ("approved", [])


def test_an_entry_of_the_run_that_nobody_approved_is_not_released(world: World) -> None:
    run = approved(world)
    settle(world, run)
    (year, shard, person, _), entry = next(iter(world.ledger.items.items()))
    world.ledger.items[year, shard, person, entry.number + 1] = replace(entry, number=entry.number + 1, amount=1)
    with pytest.raises(InvariantViolationError, match="entries-equal-payments: 1 / 0"):
        release(world, run)
    assert (world.now(run).state, public(world)) == ("approved", [])


@pytest.mark.parametrize("name", ["decisions.jsonl", "payments.jsonl", "totals.json"])
def test_a_file_that_changed_after_it_was_committed_is_not_proposed(world: World, name: str) -> None:
    run = world.start(1, DECEMBER)
    world.make_plan(run)
    for shard in range(world.shards):
        world.join_numbers(run, shard)
    world.assign_pharmacies(run)
    for shard in range(world.shards):
        world.evaluate_shard(run, shard)
        key = world.folder(run).evaluated(shard).key(name)
        world.work.put(key, world.work.get(key) + b"\n")
    with pytest.raises(FileChangedError):
        world.propose(run)
    assert world.now(run).detail.control_sum is None


def stray(world: World, number: str) -> None:
    """An entry on a number under a key that nothing connects with its person."""
    entry = Entry("v1-stray", 1, "payment", 1, number[:8], "nurse", 1, None, "another-run", "2023-stray")
    world.ledger.append(YEAR, shard_of("v1-stray", world.shards), entry)


def test_a_number_that_would_be_paid_too_much_is_not_proposed(world: World) -> None:
    stray(world, N1)
    with pytest.raises(InvariantViolationError, match="within-premium"):
        world.evaluate(world.start(1, DECEMBER))


def test_a_number_that_was_paid_too_much_is_not_released(world: World) -> None:
    run = approved(world)
    settle(world, run)
    stray(world, N1)
    with pytest.raises(InvariantViolationError, match="within-premium"):
        release(world, run)
    assert (world.now(run).state, public(world)) == ("approved", [])


def test_what_an_earlier_run_paid_too_much_does_not_stop_the_others(world: World) -> None:
    stray(world, riziv(400_777))
    world.ledger.append(
        YEAR,
        shard_of("v1-other", world.shards),
        Entry("v1-other", 1, "payment", 1, riziv(400_777)[:8], "nurse", NURSE, None, "another-run", "2023-other"),
    )
    assert world.run(1, DECEMBER).state == "released"


def test_the_payment_file_is_written_and_read_back_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.drop([row for n in range(300) for row in (*provider(f"v1-{n}", riziv(410_000 + n), s1=11_800),)])
    world.drop([account(f"v1-{n}", holder="H" * 60) for n in range(300)])
    run = approved(world)
    settle(world, run)
    pieces: list[int] = []
    open_writer, get = world.output.writer, world.output.get

    @contextmanager
    def writer(key: str, once: bool = False) -> Iterator[Any]:
        def write(data: bytes) -> None:
            out.write(data)
            if key.endswith("payments.csv"):
                pieces.append(len(data))

        with open_writer(key, once) as out:
            yield SimpleNamespace(write=write)

    def never_whole(key: str) -> bytes:
        assert not key.endswith("payments.csv")
        body: bytes = get(key)
        return body

    monkeypatch.setattr(world.output, "writer", writer)
    monkeypatch.setattr(world.output, "get", never_whole)
    release(world, run)
    assert world.now(run).state == "released"
    assert max(pieces) < 1_000 < sum(pieces)


def test_nothing_is_released_in_a_year_that_is_closed(world: World) -> None:
    run = approved(world)
    settle(world, run)
    world.runs.years[YEAR] = replace(world.runs.years[YEAR], closed=True)
    with pytest.raises(NotApprovedError, match="closed"):
        release(world, run)
    assert world.now(run).state == "approved"


def test_the_ledger_is_closed_only_after_its_year(world: World) -> None:
    world.runs.begin_year(YEAR, "v1")
    with pytest.raises(NotApprovedError):
        settlement.close_ledger(YEAR, runs=world.runs, ledger=world.ledger)
    with pytest.raises(NotApprovedError):
        settlement.close_ledger(1999, runs=world.runs, ledger=world.ledger)
    assert not world.ledger.is_closed(YEAR)
    world.runs.years[YEAR] = replace(world.runs.years[YEAR], closed=True)
    settlement.close_ledger(YEAR, runs=world.runs, ledger=world.ledger)
    settlement.close_ledger(YEAR, runs=world.runs, ledger=world.ledger)
    assert world.ledger.is_closed(YEAR)
