"""The list of transfers that an approval covers: who is credited, with what, and what it says."""

import hashlib
from collections.abc import Iterator

import pytest

from tegemoet.application.attempts import FileChangedError
from tegemoet.application.premium_year.folder import NotApprovedError
from tegemoet.application.premium_year.invariants import InvariantViolationError
from tegemoet.application.premium_year.transfers import (
    TRANSFER_ENTRIES,
    TRANSFERS,
    TransferEntry,
    file_ends,
    paid_entries,
    paid_transfers,
)
from tegemoet.application.records import Run
from tegemoet.banking.transfers import Transfer, read
from tegemoet.domain.identity import shard_of
from tests.support.premium_world import (
    DECEMBER,
    YEAR,
    Json,
    World,
    account,
    office,
    provider,
    riziv,
    two_shards,
)

NURSE, PHARMACY = 94_595, 179_000
PERSONS, OFFICES = ("a", "b", "c", "d"), {"O2": ("t",), "O1": ("u", "v", "w")}
IBANS = {
    "a": "BE68539007547034",
    "b": "BE71096123456769",
    "c": "BE43068999999501",
    "d": "NL91ABNA0417164300",
    "O1": "DE89370400440532013000",
    "O2": "FR1420041010050500013M02606",
}


def nurse(person: str, **more: str) -> list[Json]:
    row = account(f"v1-{person}", IBANS[person], holder=f"Nurse {person}") | more
    return [*provider(f"v1-{person}", riziv(400_000 + ord(person)), s1=20_000), row]


def titulars(name: str) -> list[Json]:
    """A tariff office and the titulars that it pays for."""
    rows = [office(name, IBANS[name]) | {"holder": f"Office {name}"}]
    for person in OFFICES[name]:
        number = riziv(210_000 + ord(person))
        rows += provider(f"v1-{person}", number, "pharmacist", pharmacy_id=f"P{person}", tariff_office=name)
    return rows


@pytest.fixture
def world() -> Iterator[World]:
    """Four nurses, an office of three pharmacies and an office of one."""
    with two_shards():
        made = World()
        made.pay_from()
        for person in PERSONS:
            made.drop(nurse(person))
        for name in OFFICES:
            made.drop(titulars(name))
        yield made


def waiting(world: World) -> Run:
    return world.evaluate(world.start(1, DECEMBER))


def approved(world: World) -> Run:
    run = waiting(world)
    world.approve(run)
    return world.now(run)


def listed(world: World, run: Run) -> list[Transfer]:
    return list(read(world.folder(run).proposed.get(TRANSFERS).splitlines()))


def entries_of(world: World, run: Run) -> dict[str, list[TransferEntry]]:
    return dict(paid_entries(world.folder(run).proposed, ()))


# --- the list -------------------------------------------------------------------------------------


def test_a_practitioner_has_a_transfer_and_an_office_one_for_all_its_pharmacies(world: World) -> None:
    run = waiting(world)
    by_place = sorted((shard_of(f"v1-{person}", world.shards), person) for person in PERSONS)
    assert {shard for shard, _ in by_place} == {0, 1}, "the persons are in both shards"
    practitioners = [(f"Nurse {person}", IBANS[person], NURSE) for _, person in by_place]
    offices = [(f"Office {name}", IBANS[name], PHARMACY * len(OFFICES[name])) for name in ("O1", "O2")]
    found = [(transfer.name, transfer.iban, transfer.cents) for transfer in listed(world, run)]
    assert found == practitioners + offices
    assert sum(transfer.cents for transfer in listed(world, run)) == 4 * (NURSE + PHARMACY)
    assert world.summary(run)["transfers"]["count"] == 6


def test_beside_each_transfer_lies_what_it_pays(world: World) -> None:
    run = approved(world)
    found = entries_of(world, run)
    assert list(found) == [transfer.end_to_end_id for transfer in listed(world, run)]
    paid = {"Office O1": {"v1-u", "v1-v", "v1-w"}, "Office O2": {"v1-t"}}
    for transfer in listed(world, run):
        entries = found[transfer.end_to_end_id]
        own = paid.get(transfer.name, {f"v1-{transfer.name[-1]}"})
        assert {entry["person"] for entry in entries} == own
        assert sum(entry["cents"] for entry in entries) == transfer.cents
        if transfer.name.startswith("Office"):
            [year, code] = transfer.end_to_end_id.removeprefix("TGM-").split("-")
            name = hashlib.sha256(f"{run.id}#{transfer.name[-2:]}".encode()).hexdigest()[:20]
            assert (year, code) == (str(YEAR), name)
            assert [entry.get("tariff_office") for entry in entries] == [transfer.name[-2:]] * len(entries)
            assert {(entry["person"], entry["pharmacy_id"], entry["riziv_number"]) for entry in entries} == {
                (person, f"P{person[-1]}", riziv(210_000 + ord(person[-1]))[:8]) for person in own
            }
        else:
            [entry] = entries
            assert transfer.end_to_end_id == f"TGM-{entry['entry_id']}"
            assert set(entry) == {"end_to_end_id", "entry_id", "shard", "person", "cents"}
    world.pay(run)
    in_ledger = {(e.entry_id, shard_of(e.person, world.shards), e.person, e.amount) for e in world.entries()}
    assert in_ledger == {
        (entry["entry_id"], entry["shard"], entry["person"], entry["cents"])
        for entries in found.values()
        for entry in entries
    }


def test_the_entries_name_no_holder_and_no_account(world: World) -> None:
    body = world.folder(waiting(world)).proposed.get(TRANSFER_ENTRIES)
    assert not [text for text in (*IBANS.values(), "Nurse", "Office") if text.encode() in body]


def test_the_order_of_files_changes_no_transfer(world: World) -> None:
    other = World()
    other.pay_from()
    for name in reversed(OFFICES):
        other.drop(titulars(name))
    for person in reversed(PERSONS):
        other.drop(nurse(person))
    found, others = listed(world, waiting(world)), listed(other, waiting(other))
    # what names the transfer of an office follows from the run, and everything else from the year
    assert [transfer for transfer in found if transfer.name.startswith("Nurse")] == [
        transfer for transfer in others if transfer.name.startswith("Nurse")
    ]
    assert [(t.name, t.iban, t.cents, t.text) for t in found] == [(t.name, t.iban, t.cents, t.text) for t in others]


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", "Premie 2023"), ("fr", "Prime 2023"), ("de", "Praemie 2023"), ("en", "Premium 2023")],
)
def test_a_payee_reads_the_statement_in_the_own_language(world: World, language: str, text: str) -> None:
    world.drop([account("v1-a", IBANS["a"], "2023-06-02", "Nurse a") | {"language": language}])
    texts = {transfer.name: transfer.text for transfer in listed(world, waiting(world))}
    assert texts["Nurse a"] == text


@pytest.mark.parametrize("language", ["fr", "de"])
def test_an_office_reads_the_statement_in_the_language_of_the_body(language: str) -> None:
    with two_shards():
        world = World()
        debtor = world.pay_from(language=language)
        world.drop([*nurse("a"), *titulars("O2")])
        texts = {transfer.name: transfer.text for transfer in listed(world, waiting(world))}
    assert texts == {
        "Nurse a": "Premie 2023",
        "Office O2": debtor.account.texts[language].replace("{year}", "2023"),
    }


def test_an_account_without_a_language_is_written_to_in_that_of_the_body() -> None:
    with two_shards():
        world = World()
        world.pay_from(language="de")
        rows = [{name: value for name, value in row.items() if name != "language"} for row in nurse("a")]
        world.drop(rows)
        assert [transfer.text for transfer in listed(world, waiting(world))] == ["Praemie 2023"]


def test_without_an_account_that_pays_a_transfer_says_nothing_yet() -> None:
    with two_shards():
        world = World()
        world.drop(nurse("a"))
        run = waiting(world)
        assert [(transfer.cents, transfer.text) for transfer in listed(world, run)] == [(NURSE, "")]
        assert world.summary(run)["transfers"] == {
            "count": 1,
            "sha256": world.folder(run).proposed.sha256(TRANSFERS),
            "debtor": None,
            "files": [],
            "execution": None,
        }


# --- what is approved -----------------------------------------------------------------------------


def test_the_approval_covers_the_bytes_of_the_list(world: World) -> None:
    run = approved(world)
    digest = hashlib.sha256(world.folder(run).proposed.get(TRANSFERS)).hexdigest()
    proposal = world.folder(run).approved_proposal(run.detail.payments_sha256)
    assert proposal.transfers == digest == world.summary(run)["transfers"]["sha256"]


def changed(world: World, run: Run, name: str, old: bytes, new: bytes, *, with_commit: bool) -> None:
    """Change a file of the proposal, and what was noted of it where `with_commit`."""
    step = world.folder(run).proposed
    body, commit = world.work.get(step.key(name)), world.work.get(step.commit_key)
    assert old in body
    other = body.replace(old, new, 1)
    world.work.put(step.key(name), other)
    if with_commit:
        hashes = [hashlib.sha256(each).hexdigest().encode() for each in (body, other)]
        world.work.put(step.commit_key, commit.replace(*hashes))


def public(world: World) -> list[str]:
    """What anybody outside can see of a release, and what a bank could get."""
    seen = [key for key in world.output.bodies if key.startswith("out/") or key.endswith("payments.csv")]
    return [*seen, *world.bank.bodies]


CHANGES = {
    "cent": (TRANSFERS, b'"cents":94595', b'"cents":94596'),
    "name": (TRANSFERS, b'"Nurse a"', b'"Nurse z"'),
    "account": (TRANSFERS, IBANS["a"].encode(), b"BE62510007547061"),
    "text": (TRANSFERS, b"Premie 2023", b"Premie 2024"),
    "cent of an entry": (TRANSFER_ENTRIES, b'"cents":94595', b'"cents":94596'),
    "person of an entry": (TRANSFER_ENTRIES, b'"person":"v1-a"', b'"person":"v1-z"'),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("settled", [False, True])
def test_a_list_that_was_changed_after_the_approval_pays_nobody(world: World, change: str, *, settled: bool) -> None:
    """Whoever can change the list can change what the folder says of it: that proves nothing."""
    run = approved(world)
    if not settled:
        changed(world, run, *CHANGES[change], with_commit=True)
    for shard in range(world.shards):
        world.settle_shard(run, shard)
    if settled:
        changed(world, run, *CHANGES[change], with_commit=True)
    with pytest.raises(InvariantViolationError, match=r"\btransfers-as-approved: 1 / 0\b"):
        world.release(run)
    assert (world.now(run).state, public(world)) == ("approved", [])


@pytest.mark.parametrize("change", ["cent", "name", "account", "text"])
def test_a_list_that_is_not_the_one_that_was_committed_pays_nobody(world: World, change: str) -> None:
    run = approved(world)
    changed(world, run, *CHANGES[change], with_commit=False)
    with pytest.raises(FileChangedError):
        world.pay(run)
    assert (world.now(run).state, public(world)) == ("approved", [])


def test_a_proposal_whose_list_was_changed_with_it_is_not_the_approved_one(world: World) -> None:
    run = approved(world)
    before = world.folder(run).proposed.sha256(TRANSFERS).encode()
    changed(world, run, TRANSFERS, b'"cents":94595', b'"cents":94596', with_commit=True)
    after = world.folder(run).proposed.sha256(TRANSFERS).encode()
    assert before != after
    changed(world, run, "proposal.json", before, after, with_commit=True)
    with pytest.raises(NotApprovedError):
        world.pay(run)
    assert (world.entries(), public(world)) == ([], [])


# --- less what was not written --------------------------------------------------------------------


def test_entries_that_were_not_written_are_left_out_of_their_transfer(world: World) -> None:
    run = approved(world)
    found = entries_of(world, run)
    of_office = next(entries for entries in found.values() if len(entries) == 3)
    alone = next(entries for entries in found.values() if entries[0]["person"] == "v1-a")
    not_written = {of_office[1]["entry_id"], alone[0]["entry_id"]}
    proposed = world.folder(run).proposed
    expected = {transfer.end_to_end_id: transfer.cents for transfer in listed(world, run)}
    expected[of_office[0]["end_to_end_id"]] = 2 * PHARMACY
    del expected[alone[0]["end_to_end_id"]]
    paid = list(paid_transfers(proposed, not_written))
    assert {transfer.end_to_end_id: transfer.cents for transfer in paid} == expected
    assert [transfer.end_to_end_id for transfer in paid] == list(expected)
    left = dict(paid_entries(proposed, not_written))
    assert {name: sum(entry["cents"] for entry in entries) for name, entries in left.items()} == expected
    assert [entry["person"] for entry in left[of_office[0]["end_to_end_id"]]] == [
        of_office[0]["person"],
        of_office[2]["person"],
    ]


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [2, 3, 4, 7, 10])
@pytest.mark.parametrize("transfers", range(41))
def test_files_are_the_fewest_and_as_equal_as_can_be(transfers: int, most: int) -> None:
    ends = file_ends(transfers, most)
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    assert sum(sizes) == transfers
    assert len(sizes) == (transfers + most - 1) // most
    assert max(sizes, default=0) <= most
    assert max(sizes, default=0) - min(sizes, default=0) <= 1
    if most > 2 and transfers > 1:
        assert 1 not in sizes, "the payee of a single transfer is always verified"
