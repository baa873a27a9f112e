"""The pictures of the README show what `make demo` makes: `make pictures` makes them anew."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from local.cloud.at_the_bank import PART, come_back, rejected_in
from local.cloud.demo import INSURER, REST, rest_of_the_example
from local.opinions.year import oracle
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.tools.pictures import steady
from tegemoet.application.decisions.deciding import decide_line, render
from tegemoet.application.decisions.timeline.draw import draw
from tegemoet.application.premium_year.money_picture import draw as draw_money
from tegemoet.application.premium_year.where_money_is import Money
from tegemoet.schemes.registry import scheme_named
from tests.support.markdown import ROOT

DOCS = ROOT / "docs"
FIGURES = figures_of(2023)
"""Of the year in the picture."""
ANEW = "`make pictures` makes the pictures anew"


@pytest.fixture(scope="module")
def shown() -> dict[str, Any]:
    pictures: dict[str, Any] = json.loads((DOCS / "pictures.json").read_text("utf-8"))
    return pictures


@pytest.fixture(scope="module")
def phases(shown: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[int, oracle.Phase]:
    """The second opinion on both phases of the year in the picture."""
    folder = tmp_path_factory.mktemp("year")
    generate(folder, FIGURES, **shown["made_up"])
    year, found = oracle.ExpectedYear(FIGURES), {}
    for phase, on in FIGURES.evaluated.items():
        year.drop_folder(folder / str(phase))
        found[phase] = year.phase(phase, on)
        if rejected := rejected_in(phase, found[phase], year):
            come_back(rejected, year, FIGURES.year, folder / "corrected")
    return found


def cents(text: str) -> int:
    return int(text.replace(".", ""))


def test_the_year_is_the_one_that_the_demo_plays_by_itself(shown: dict[str, Any]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    wanted = {name.lower(): int(n) for name, n in re.findall(r"^(PERSONS|SEED) \?= ([0-9]+)$", makefile, re.MULTILINE)}
    assert shown["made_up"] == wanted, ANEW


def test_the_report_is_the_picture_that_was_made_with_these_figures(shown: dict[str, Any]) -> None:
    picture: Path = DOCS / "report.png"
    assert hashlib.sha256(picture.read_bytes()).hexdigest() == shown["report.png"]["sha256"], ANEW


def test_the_same_year_started_by_another_person_gives_the_same_picture() -> None:
    pages = [
        steady(f"<p>2023-05-31 and {run} and sha256 0a1b2c3d4e</p>", run)
        for run in ("2023-2-0a1b2c3d4e", "2023-2-9f8e7d6c5b")
    ]
    assert pages == ["<p>2023-05-31 and 2023-2-0000000000 and sha256 0a1b2c3d4e</p>"] * 2


def test_the_report_shows_the_sums_of_the_second_opinion(
    shown: dict[str, Any], phases: dict[int, oracle.Phase]
) -> None:
    report = shown["report.png"]["shows"]
    wanted = phases[report["phase"]]
    assert report["on"] == FIGURES.evaluated[report["phase"]]
    assert (report["payments"]["count"], cents(report["control_sum"])) == (
        len(wanted.payments),
        wanted.control_sum,
    ), ANEW
    before = report["paid_before"]
    assert (before["count"], cents(before["amount"])) == (len(phases[1].payments), phases[1].control_sum), ANEW
    sectors = {name: (s["payments"], cents(s["amount"])) for name, s in report["sectors"].items() if s["payments"]}
    assert sectors == wanted.per_sector(), ANEW


def test_the_report_shows_the_outcomes_of_the_second_opinion(
    shown: dict[str, Any], phases: dict[int, oracle.Phase]
) -> None:
    report = shown["report.png"]["shows"]
    wanted = Counter(verdict.outcome for verdict in phases[report["phase"]].verdicts.values())
    # one number is in dispute and has a case under both
    # of its persons; the second opinion keeps the last
    wanted["pending"] += 1
    assert report["outcomes"] == wanted, ANEW
    assert report["persons"] == wanted.total() == sum(report["dossiers"].values()), ANEW


def test_the_kinds_of_payment_add_up_to_the_control_sum(shown: dict[str, Any]) -> None:
    report = shown["report.png"]["shows"]
    kinds = report["payments"]["by_kind"].values()
    assert sum(kind["count"] for kind in kinds) == report["payments"]["count"]
    assert sum(cents(kind["amount"]) for kind in kinds) == cents(report["control_sum"])


def test_the_money_is_drawn_as_the_second_opinion_counts_it(
    phases: dict[int, oracle.Phase], tmp_path: Path, shown: dict[str, Any]
) -> None:
    generate(tmp_path, FIGURES, **shown["made_up"])
    year = oracle.ExpectedYear(FIGURES)
    year.drop_folder(tmp_path / "1")
    rejected = rejected_in(1, year.phase(1, FIGURES.evaluated[1]), year)
    [again] = [p.cents for p in phases[2].payments if p.insz == rejected[0].insz]
    decided = phases[1].control_sum + phases[2].control_sum
    back = sum(payment.cents for payment in rejected)
    money = Money(
        decided=decided,
        in_ledger=decided,
        in_files=decided,
        accepted=decided - back,
        rejected=back,
        paid_again=min(again, rejected[0].cents),
        recovered=max(phases[2].recoveries.values()) // PART,
    )
    assert draw_money(FIGURES.year, money, "en") == (DOCS / "money.svg").read_text("utf-8"), ANEW


def test_the_maternity_rest_is_drawn_as_the_demo_decides_it() -> None:
    scheme = scheme_named(REST)
    body = rest_of_the_example(dict(scheme.example), certified=True)
    decision = render(decide_line(orjson.dumps(body), scheme, INSURER, b"a secret").decision, scheme, "en")
    assert draw(decision, scheme, "en") == (DOCS / "maternity.svg").read_text("utf-8"), ANEW
