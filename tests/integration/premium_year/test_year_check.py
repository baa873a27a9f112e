"""The operator's command on a year: what holds, and what is seen when something is broken."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from local.tools import check
from tegemoet.application.premium_year.folder import output_prefix
from tegemoet.application.premium_year.returns import Returned, return_of, write_returns
from tegemoet.application.premium_year.year_check import replay_run
from tegemoet.application.records import RunDetail
from tegemoet.domain.identity import shard_of
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import DECEMBER, YEAR, account, office, provider, riziv

NURSE = riziv(400_001)


class Session:
    """A session on the cloud of the test, whose stack has these outputs."""

    def __init__(self, outputs: dict[str, str]) -> None:
        self.outputs = outputs

    def client(self, name: str, **options: Any) -> Any:
        return self if name == "cloudformation" else boto3.client(name, **options)  # type: ignore[call-overload]

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        return {
            "Stacks": [{"Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]}]
        }


@pytest.fixture
def found() -> Iterator[Cloud]:
    with cloud() as made:
        world = made.world
        world.drop([*provider("v1-a", NURSE, s1=11_800), account("v1-a"), office("T1")])
        world.drop(provider("v1-t", riziv(200_001, 1), "pharmacist", pharmacy_id="P1", tariff_office="T1"))
        world.run(1, DECEMBER)
        yield made


def command(*arguments: str) -> int:
    secret = boto3.client("secretsmanager").list_secrets()["SecretList"][0]["ARN"]
    tables = {f"{name.title()}Table": name for name in ("facts", "ledger", "control", "years", "partners")}
    buckets = {f"{name.title()}Bucket": f"tegemoet-{name}" for name in ("work", "output")}
    keys = {"DigestSecret": secret, "ApprovalKey": os.environ["APPROVAL_KEY_ARN"]}
    return check.main(["--year", str(YEAR), *arguments], Session({**tables, **buckets, **keys}))


def test_a_sound_year_holds(found: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert command() == 0
    told = capsys.readouterr().out
    assert "BROKEN" not in told
    assert "2735.95" in told, "the payment file's sum"


def test_an_entry_that_no_run_paid_is_seen(found: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    world = found.world
    (entry,) = [e for e in world.entries() if e.person == "v1-a"]
    shard = next(n for n in range(2) if world.ledger.entries_of(YEAR, n, "v1-a"))
    world.ledger.append(YEAR, shard, replace(entry, number=2, run="nobody"))
    assert command() == 1
    told = capsys.readouterr().out.splitlines()
    broken = [line.split()[1] for line in told if line.startswith("BROKEN")]
    assert broken == ["within-premium", "paid-by-approved-runs", "entries-of-released-runs"]
    misfit = told[told.index(next(line for line in told if "entries-of-released-runs" in line)) + 1]
    assert misfit.split() == [entry.entry_id, "945.95", "0.00"], "what does not fit, with both sides"


def test_a_return_that_no_answer_explains_is_seen_and_all_else_holds(
    found: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    world = found.world
    [entry] = [each for each in world.entries() if each.person == "v1-a"]
    shard = shard_of("v1-a", world.shards)
    assert write_returns(YEAR, [Returned(shard, "v1-a", entry.entry_id, "AC04")], world.ledger) == 1
    assert command() == 1
    broken = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert broken == ["returns-equal-answers"]
    world.ledger.append(YEAR, shard, return_of(YEAR, entry, 3, "AC04"))
    assert command() == 1
    broken = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert broken == ["within-premium", "corrected-once", "returns-equal-answers"]


def test_every_decision_can_be_made_again_and_a_changed_case_is_seen(found: Cloud) -> None:
    world = found.world
    (run,) = world.runs.of_phase(YEAR, 1)
    secret = world.secrets.digest_secret()
    assert command("--replay") == 0
    assert replay_run(run, digest_secret=secret, work=world.work).holds
    key = next(key for key in world.work.keys(f"runs/{run.id}/evaluated/") if b"11800.00" in world.work.get(key))
    before = world.work.get(key)
    changed = before.replace(b"11800.00", b"11801.00")
    world.work.put(key, changed)
    assert not replay_run(run, digest_secret=secret, work=world.work).holds
    commit = key.split("/")[3]
    commits = f"runs/{run.id}/evaluated/{commit}.json"
    hashes = [hashlib.sha256(body).hexdigest().encode() for body in (before, changed)]
    world.work.put(commits, world.work.get(commits).replace(*hashes))
    assert not replay_run(run, digest_secret=secret, work=world.work).holds, "also if its hash was changed with it"


def test_a_payment_file_that_pays_somebody_else_is_seen(found: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    (run,) = found.world.runs.of_phase(YEAR, 1)
    key = output_prefix(run) + "payments.csv"
    body = found.world.output.get(key)
    found.world.output.put(key, body.replace(b"BE68539007547034", b"BE71096123456769"))
    assert command() == 1
    broken = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert broken == ["payees"]


def test_without_a_year_there_is_nothing_to_check() -> None:
    with pytest.raises(SystemExit):
        check.main([], Session({}))


def test_a_year_past_its_facts_is_checked_and_nothing_is_replayed(
    found: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    world = found.world
    (run,) = world.runs.of_phase(YEAR, 1)
    world.work.delete(list(world.work.keys(f"runs/{run.id}/")))
    assert sum(world.facts.delete_year(YEAR, world.shards)) > 0
    assert command("--replay") == 0
    told = capsys.readouterr().out
    assert f"The frozen cases of {run.id} are no longer kept" in told
    assert "BROKEN" not in told


def test_an_approval_that_was_written_without_its_seal_is_seen(
    found: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can write the table of years can write an approval, but not its seal."""
    (run,) = found.world.runs.of_phase(YEAR, 1)
    expected = ("released",)
    found.world.runs.update(run.id, state="released", detail=RunDetail(approved_by="x"), expected=expected)
    assert command() == 1
    broken = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert broken == ["paid-by-approved-runs"]
    day = str(run.detail.approved_at)[:10]
    assert command("--sealed-from", day) == 1
    assert command("--sealed-from", f"{day}T23:59:59Z") == 0, "an earlier version had no seal"
