"""The exchange in memory compared with the second opinion, and tests of the second opinion."""

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local.opinions.exchange import oracle
from local.opinions.exchange.generate import generate, write_results
from tegemoet.application.exchange.commands import start_exchange
from tegemoet.application.exchange.folder import output_key
from tegemoet.application.records import Batch
from tegemoet.domain.identity import is_insz
from tests.support.dropping import counts_of
from tests.support.exchange_world import YEAR, ExchangeWorld, few_shards
from tests.support.fakes.partners import OPERATOR
from tests.support.imports import leaning

FOLDER = Path(oracle.__file__).parent
DAYS = {
    "households": date(2020, 4, 15),
    "incomes-1": date(2020, 8, 10),
    "incomes-2": date(2020, 9, 30),
    "results": date(2021, 11, 5),
}
NEXT: dict[str, Callable[[oracle.Exchange], None]] = {
    "households": lambda exchange: exchange.select(),
    "incomes-1": lambda exchange: exchange.answer(1),
    "incomes-2": lambda exchange: exchange.answer(2),
    "results": lambda exchange: exchange.report(),
}


@dataclass
class Played:
    """An exchange that ran in memory, and its expected result."""

    world: ExchangeWorld
    wanted: oracle.Exchange
    batches: dict[str, Batch]
    cast: dict[str, str]
    root: Path

    def code(self, name: str) -> str:
        """The code of a member of the cast, or why it has none."""
        codes = self.wanted.codes[1] | self.wanted.codes[2]
        number = self.cast[name]
        [found] = [code for (request, _), code in codes.items() if request == number] or [self.reasons(name)]
        return found

    def reasons(self, name: str) -> str:
        return " ".join(sorted({reason for _, number, reason in self.wanted.excluded if number == self.cast[name]}))


def play(root: Path, persons: int, seed: int) -> Played:
    cast = generate(root, persons, seed)
    world, wanted = ExchangeWorld(), oracle.Exchange(oracle.INSURERS, oracle.TAX_OFFICE)
    batches: dict[str, Batch] = {}
    world.registrations.admit_insurers(*oracle.INSURERS)
    world.registrations.admit(oracle.TAX_OFFICE)
    with few_shards():
        start_exchange(
            YEAR,
            date(2020, 3, 1),
            oracle.INSURERS,
            oracle.TAX_OFFICE,
            False,
            starter=OPERATOR,
            key="key",
            exchanges=world.exchanges,
            registrations=world.registrations,
            workflows=world.workflows,
        )
        for wait, step in NEXT.items():
            if wait == "results":
                write_results(root, wanted, seed)
            folder = root / wait
            for path in sorted(folder.rglob("*.csv"), key=lambda path: path.relative_to(folder).as_posix()):
                key = path.relative_to(folder).as_posix()
                batches[key] = world.drop(key, path.read_bytes())
            wanted.drop_folder(folder)
            step(wanted)
            world.resume(wait, DAYS[wait])
    return Played(world, wanted, batches, cast, root)


@pytest.fixture(scope="module", params=[2020, 7])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("exchange"), 2_000, request.param)


def found(world: ExchangeWorld, partner: str, name: str) -> list[Any]:
    """The rows of an output in the form of the second opinion."""
    text = world.exchange.get(output_key(partner, YEAR, name)).decode()
    if name.startswith("table"):
        return [(code, *numbers) for code, _words, *numbers in csv.reader(text.splitlines()[1:], delimiter=";")]
    return sorted(text.splitlines()[1:])


def everything_is_as_expected(played: Played) -> None:
    tables = [f"table-{n}.csv" for n in (1, 2, 3)]
    handed = {(oracle.TAX_OFFICE, f"pro_02-{n}.csv") for n in (1, 2)}
    handed |= {(p, name) for p in oracle.INSURERS for name in ("excluded.csv", "pro_04-1.csv", "pro_04-2.csv", *tables)}
    handed |= {("operator", name) for name in tables}
    for partner, name in sorted(handed):
        assert found(played.world, partner, name) == played.wanted.handed_over(partner, name), (partner, name)
    # and nothing else except workbooks and reports on single files
    rest = {f"{key.split('/')[1]}/{key.rpartition('/')[2]}" for key in played.world.outputs()}
    assert rest - {f"{p}/{n}" for p, n in handed} == {f"{p}/statistics.xlsx" for p in (*oracle.INSURERS, "operator")}


def test_every_output_is_that_of_the_second_opinion(played: Played) -> None:
    everything_is_as_expected(played)


def test_every_row_of_every_file_is_taken_in_as_the_second_opinion_says(played: Played) -> None:
    for key, verdict in played.wanted.files.items():
        batch = played.batches[key]
        assert batch.state == ("refused" if verdict.refused else "done"), key
        if not verdict.refused:
            counts = {
                "accepted": len(verdict.good),
                "rejected": len(verdict.rejected),
                "duplicates": verdict.duplicates,
            }
            assert {name: getattr(counts_of(batch), name) for name in counts} == counts, key


def test_answers_about_whom_nobody_asked_are_counted(played: Played) -> None:
    state = played.world.state()
    assert state["ignored"] == {str(n): count for n, count in played.wanted.ignored.items()}
    assert state["asked"] == {str(n): len(asked) for n, asked in played.wanted.asked.items()}
    assert min(played.wanted.ignored.values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_twenty_thousand_persons(seed: int, tmp_path: Path) -> None:
    everything_is_as_expected(play(tmp_path, 20_000, seed))


# --- the second opinion ---------------------------------------------------------------------------


@pytest.mark.parametrize("module", ["oracle", "generate"])
def test_the_second_opinion_imports_nothing_from_the_product(module: str) -> None:
    assert leaning(FOLDER / f"{module}.py") == []


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    def bytes_of(folder: str, seed: int) -> dict[str, str]:
        root = tmp_path / folder
        generate(root, 1_200, seed)
        return {
            path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*.csv")
        }

    first = bytes_of("first", 1)
    assert first == bytes_of("again", 1)
    assert first != bytes_of("other", 2)


def test_every_number_in_a_good_row_is_a_valid_one_and_no_other_is(played: Played) -> None:
    for verdict in played.wanted.files.values():
        assert all(is_insz(row["insz"]) for row in verdict.good)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((f"ceiling/{size}/below", "OK") for size in range(1, 11)),
        *((f"ceiling/{size}/at", "NOK") for size in range(1, 11)),
        *((f"ceiling/{size}/above", "NOK") for size in range(1, 11)),
        ("age/a-day-younger/2234630", "OK"),
        ("age/a-day-younger/2234631", "NOK"),
        ("age/eighteen/2234630", "ONHOLD"),
        ("age/a-day-older/2234630", "ONHOLD"),
        ("age/minor-with-income", "NOK"),
        ("age/minor-told-later", "OK"),
        ("age/minor-alone", "OK"),
        ("unknown/never/99", "ONHOLD"),
        ("unknown/below/01", "OK"),
        ("unknown/at/01", "NOK"),
        ("unknown/one-of-two-told-later", "ONHOLD"),
        ("unknown/nobody-answers", "ONHOLD"),
        ("unknown/told-in-the-second-delivery-alone", "OK"),
        ("unknown/definitive-and-told-again", "OK"),
        ("fictitious/1/below", "OK"),
        ("fictitious/1/at", "OK"),
        ("fictitious/1/above", "vouchers-above-ceiling"),
        ("fictitious/6/above", "vouchers-above-ceiling"),
        ("vouchers/2/at", "NOK"),
        ("vouchers/2/above", "vouchers-above-ceiling"),
        *((f"earlier/{outcome}/{year}", "OK") for outcome in ("no-reaction", "incomplete") for year in (2015, 2020)),
        *((f"earlier/above-ceiling/{year}", "earlier-outcome") for year in (2016, 2017, 2018, 2019)),
        ("entitled/all", "all-entitled"),
        ("entitled/alone", "all-entitled"),
        ("entitled/all-but-one", "OK"),
        ("mutated/applicant/2020-03-31", "OK"),
        ("mutated/applicant/2020-04-01", "applicant-mutated"),
        ("mutated/applicant/2020-04-02", "OK"),
        ("mutated/another-member", "OK"),
        ("applicant/not-the-oldest", "applicant-not-oldest"),
        ("applicant/same-day-lower", "OK"),
        ("applicant/same-day-higher", "applicant-not-oldest"),
        ("applicant/missing", "applicant-missing"),
        ("applicant/of-1920", "OK"),
        ("request/of-another-year", "year-differs"),
        ("request/of-another-insurer", "insurer-not-yours"),
        ("request/of-nobody", "insurer-not-yours"),
        ("request/members-of-two-insurers", "OK"),
        ("request/unknown-in-two/insurer-b", "ONHOLD"),
        ("request/corrected-later", "OK"),
        ("income/of-several-codes", "OK"),
        ("income/of-nothing", "OK"),
        ("income/known-and-not-available", "OK"),
    ],
)
def test_the_code_of_a_member_of_the_cast(played: Played, name: str, code: str) -> None:
    assert played.code(name) == code


def test_everything_can_be_wrong_at_once(played: Played) -> None:
    assert played.reasons("request/everything-at-once").split() == [
        "all-entitled",
        "applicant-mutated",
        "earlier-outcome",
        "insurer-not-yours",
        "vouchers-above-ceiling",
        "year-differs",
    ]


def test_who_brings_the_request_of_another_insurer_is_told_so_whoever_came_first(played: Played) -> None:
    for owner, other in (("insurer-a", "insurer-c"), ("insurer-c", "insurer-a")):
        number = played.cast[f"request/of-{owner}-brought-by-two"]
        assert (other, number, "request-of-another-partner") in played.wanted.excluded
        assert (number, owner) in played.wanted.selected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CEILING", oracle.CEILING | {5: oracle.CEILING[5] + 1}),
        ("CEILING", oracle.CEILING | {1: oracle.CEILING[1] - 1}),
        ("FICTITIOUS", oracle.FICTITIOUS + 1),
        ("FICTITIOUS", oracle.FICTITIOUS - 1),
        ("YOUNGEST_ADULT", oracle.YOUNGEST_ADULT - 1),
        ("YOUNGEST_ADULT", oracle.YOUNGEST_ADULT + 1),
        ("CLOSED_YEARS", ("2015", *oracle.CLOSED_YEARS)),
        ("CLOSED_YEARS", oracle.CLOSED_YEARS[1:]),
        ("CLOSED_YEARS", (*oracle.CLOSED_YEARS, "2020")),
    ],
)
def test_a_limit_that_is_one_cent_day_or_year_off_is_noticed(
    played: Played, name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oracle, name, value)
    other = oracle.Exchange(oracle.INSURERS, oracle.TAX_OFFICE)
    for wait, step in NEXT.items():
        if wait != "results":
            other.drop_folder(played.root / wait)
            step(other)
    wanted = played.wanted
    assert (other.excluded, other.asked, other.codes) != (wanted.excluded, wanted.asked, wanted.codes)
