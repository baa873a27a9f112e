"""The made-up year through the real intake and both phases,
everything but the cloud, against the second opinion.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from local.opinions.year import oracle
from local.opinions.year.figures import figures_of, years
from local.opinions.year.generate import HEADER, generate
from local.opinions.year.partners import PARTNERS, SECOND, UNKNOWN
from tegemoet.application.intake.channels import Inbox, ObjectCreated, Outbox
from tegemoet.application.intake.finish import FinishPorts, finish_batch
from tegemoet.application.intake.ingest import IngestPorts, ingest
from tegemoet.application.intake.manifest import read_manifest
from tegemoet.application.intake.store import store_chunk
from tegemoet.application.records import Batch, Run
from tegemoet.schemes.convention_premium import SCHEME
from tests.support import fakes
from tests.support.dropping import counts_of, insz
from tests.support.premium_world import World, riziv, two_shards

YEARS = [year for year in years() if str(year) in SCHEME.parameter_sets]
"""Every year that both the product and the second opinion know."""
PERSONS = 1_500
Year = tuple["YearInMemory", oracle.ExpectedYear, list[tuple[Run, oracle.Phase]]]


class YearInMemory(World):
    """A world into which files are dropped."""

    def __init__(self, year: int) -> None:
        super().__init__(year=year)
        self.inbox = fakes.FakeObjects()
        self.by_key: dict[str, Batch] = {}
        self.registrations.register({**PARTNERS, SECOND: UNKNOWN}, fakes.FakeClock(self.inbox.now))

    def drop_folder(self, folder: Path, scratch: Path) -> None:
        for path in sorted(folder.rglob("*.csv"), key=lambda p: p.relative_to(folder).as_posix()):
            key = path.relative_to(folder).as_posix()
            self.inbox.put(key, path.read_bytes())
            scratch_of_drop = scratch / f"{len(self.by_key)}"
            scratch_of_drop.mkdir(parents=True)
            self.by_key[key] = self._ingest(key, scratch_of_drop)

    def _ingest(self, key: str, scratch: Path) -> Batch:
        ports = IngestPorts(
            inboxes={"ordinary": Inbox(self.inbox, "key:identity", "key:health")},
            work={"ordinary": self.work},
            batches=self.batches,
            registrations=self.registrations,
            runs=self.runs,
            secrets=self.secrets,
            seals=fakes.FakeSeals(),
            workflows=self.workflows,
        )
        batch = ingest(ObjectCreated(key, self.inbox.head(key).etag, "01"), ports, scratch)
        assert batch is not None
        if batch.state == "refused":
            return batch
        for chunk in read_manifest(batch.id, self.work).chunks:
            store_chunk(batch.id, chunk.name, work=self.work, facts=self.facts)
        (scratch / "finish").mkdir()
        finish = FinishPorts(
            {"ordinary": self.work}, {"ordinary": Outbox(self.output)}, self.batches, self.runs, self.events
        )
        finish_batch(batch.id, finish, scratch / "finish")
        done: Batch = self.batches.get(batch.id)
        return done

    def table(self, run: Run, name: str) -> list[dict[str, str]]:
        text = self.output.get(f"payments/{self.year}/phase-{run.phase}/{run.id}/{name}").decode()
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def write_a_renamed_pharmacy(root: Path, year: int) -> None:
    """A titular who is paid in the first phase; in the second one two titulars name another id."""
    numbers = riziv(900_001, 1), riziv(900_002, 1)

    def write(stage: str, partner: str, kind: str, rows: list[str]) -> None:
        path = root / stage / "in" / partner / "convention-premium" / str(year) / kind / f"renamed-{stage}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join((HEADER[kind], *rows, "")), "utf-8")

    def practice(place: int, pharmacy: str) -> str:
        return f"{insz(800 + place)};{numbers[place]};pharmacist;;;no;;{pharmacy};office-1"

    write("1", "register", "conventions", [f"{number};full;{year}-01-01;" for number in numbers])
    write("1", "tariff-services", "practices", [practice(1, "ph-named")])
    write("2", "tariff-services", "practices", [practice(place, "ph-renamed") for place in (0, 1)])


@pytest.fixture(scope="module", params=YEARS)
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    root, figures = tmp_path_factory.mktemp("year"), figures_of(request.param)
    generate(root, figures, PERSONS)
    write_a_renamed_pharmacy(root, figures.year)
    with two_shards(figures.year):
        world, expected = YearInMemory(figures.year), oracle.ExpectedYear(figures)
        world.confirm_values(date.fromordinal(figures.account_deadline[1]).isoformat())
        phases = []
        for phase in (1, 2):
            world.drop_folder(root / str(phase), root / f"scratch-{phase}")
            expected.drop_folder(root / str(phase))
            run = world.run(phase, date.fromisoformat(figures.evaluated[phase]), key=f"phase-{phase}")
            phases.append((run, expected.phase(phase, figures.evaluated[phase])))
        yield world, expected, phases


def cents(text: str) -> int:
    return int(text.replace(".", ""))


def test_every_file_is_taken_in_or_refused_row_by_row_as_expected(year: Year) -> None:
    world, expected, _ = year
    for key, verdict in expected.files.items():
        batch = world.by_key[key]
        assert (batch.state == "refused") == verdict.refused, key
        if not verdict.refused:
            text = world.output.get(batch.detail.outputs["rejected.csv"]).decode()
            lines = [int(row["line"]) for row in csv.DictReader(io.StringIO(text), delimiter=";")]
            assert lines == verdict.rejected, key
            assert counts_of(batch).accepted == len(verdict.good), key
            assert counts_of(batch).duplicates == len(verdict.duplicates), key


@pytest.mark.parametrize("phase", [0, 1])
def test_the_payment_file_pays_what_is_due_to_the_right_account(year: Year, phase: int) -> None:
    world, _, phases = year
    run, expected = phases[phase]
    paid = Counter((row["iban"], cents(row["amount"])) for row in world.table(run, "payments.csv"))
    assert paid == Counter((payment.iban, payment.cents) for payment in expected.payments)
    assert sum(expected.per_sector()[p][1] for p in expected.per_sector()) == cents(world.summary(run)["control_sum"])


@pytest.mark.parametrize("phase", [0, 1])
def test_every_sector_has_the_totals_of_the_second_opinion(year: Year, phase: int) -> None:
    world, _, phases = year
    run, expected = phases[phase]
    totals = {
        s["profession"]: (s["payments"], cents(s["amount"])) for s in world.summary(run)["sectors"] if s["payments"]
    }
    assert totals == expected.per_sector()


@pytest.mark.parametrize("phase", [0, 1])
def test_persons_are_granted_refused_and_pending_as_expected(year: Year, phase: int) -> None:
    world, _, phases = year
    run, expected = phases[phase]
    # a number in dispute has the same case under each of the persons it
    # was seen with; the second opinion keeps the last
    disputed = 0 if phase == 0 else 1
    found = world.summary(run)["outcomes"]
    wanted = Counter(verdict.outcome for verdict in expected.verdicts.values())
    wanted["pending"] += disputed
    assert found == wanted


def test_recoveries_are_those_expected(year: Year) -> None:
    world, _, phases = year
    run, expected = phases[1]
    found = Counter(cents(row["recovery"]) for row in world.table(run, "recoveries.csv"))
    assert found == Counter(expected.recoveries.values())
    assert not world.table(phases[0][0], "recoveries.csv")


@pytest.mark.parametrize("phase", [0, 1])
def test_exceptions_are_those_expected(year: Year, phase: int) -> None:
    world, expected_year, phases = year
    run, expected = phases[phase]
    found = Counter(row["kind"] for row in world.table(run, "exceptions.csv"))
    wanted = expected.exceptions
    assert found["identity-conflict"] == len(wanted["identity-conflict"])
    assert found["practice-missing"] == len(wanted["number-without-practice"])
    assert found["year-amount-missing"] + found["year-amount-lower"] == len(wanted["year-amount"])
    # one per person; the cast has one with two numbers and one with two codes of one number
    assert found["several-pharmacies"] == 2
    assert found["recovery"] == len(expected.recoveries)
    pays_pharmacies = ("pharmacist", "") in expected_year.figures.premium
    assert found["pharmacy-id-changed"] == len(wanted["pharmacy-id"]) == (phase if pays_pharmacies else 0)
    asked = {"key-of-another-partner": 1 if phase == 0 else 3}
    asked |= {"account-of-another-partner": 1, "identity-of-another-partner": 1}
    assert {kind: found[kind] for kind in asked} == asked
    assert found.total() == sum(
        found[kind]
        for kind in (
            "identity-conflict",
            "practice-missing",
            "year-amount-missing",
            "year-amount-lower",
            "several-pharmacies",
            "pharmacy-id-changed",
            "recovery",
            *asked,
        )
    )
