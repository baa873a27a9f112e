"""Plays a premium year with made-up persons, and a maternity rest, on this machine.

Deploys the real template on its own local cloud, drops the files of
`local.opinions.year.generate`, runs and approves both phases through the API, and compares every
total and every payment with the second opinion of `local.opinions.year.oracle`. Then it decides a
maternity rest twice, because a certificate came late, and compares the decisions with
`local.opinions.maternity.oracle`. Ends by itself, leaves no process, and fails where the two
differ. Reports, letter and picture are in `.local/demo/`.
"""

import argparse
import copy
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from local.cloud.at_the_bank import pay_back, reconcile, take_to_the_bank
from local.cloud.debtor_account import set_example
from local.cloud.local_cloud import HOME, LocalCloud
from local.cloud.treasury import Treasury
from local.opinions.maternity import oracle as rest_oracle
from local.opinions.year import oracle
from local.opinions.year.figures import YearFigures, figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import Api, Season, cents_of, files_of, sectors_of

REPORTS = HOME / "demo"
OUTPUTS = ("report.html", "summary.json", "payments.csv", "exceptions.csv", "recoveries.csv", "decisions.jsonl")
CHAPTERS = {1: "First phase: the first semester", 2: "Second phase: the whole year"}
REST, INSURER = "maternity-rest", "mutuality"
"""The scheme of the last chapter, and the partner that
decides: one whose particulars for letters are known.
"""
EQUAL = "✓ every file, total and payment equals that of the second opinion"
"""The last line of a year without a difference."""
EXPLAINED = "scenario-4"
"""A nurse who is paid in December and proves to be due the higher premium of a midwife in July."""

Json = dict[str, Any]
console = Console(highlight=False)


@dataclass
class Timing:
    """Seconds of every step, for the summary."""

    steps: list[tuple[str, float]]

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        with console.status(f"{name} …"):
            yield
        took = time.monotonic() - started
        self.steps.append((name, took))
        console.print(f"  [green]✓[/] {name} [dim]{took:.1f} s[/]")

    @contextmanager
    def bar(self, name: str) -> Iterator[Any]:
        """A progress bar, and the function that moves it: how much is done, of how much."""
        started = time.monotonic()
        columns = (TextColumn("  {task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task(name, total=None)
            yield lambda done, of: progress.update(task, completed=done, total=of or None)
        self.steps.append((name, time.monotonic() - started))


def say(line: str) -> None:
    console.print(f"  {line}")


def euro(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def play(figures: YearFigures, persons: int, seed: int) -> list[str]:
    """Play the year; the differences from the second opinion."""
    timing, year, differences = Timing([]), HOME / "demo-year", []
    for folder in (REPORTS, year, HOME / "demo-bank"):
        shutil.rmtree(folder, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    people = max(persons, 0)
    console.print(
        Panel(Text(f"Convention premium {figures.year} for {people:,} made-up persons", justify="center"), style="bold")
    )
    with timing.of("Generate the year"):
        cast = generate(year, figures, persons, seed)
    expected = oracle.ExpectedYear(figures)
    with LocalCloud() as cloud:
        with timing.of("Start the local cloud and deploy template.yaml"):
            stack = cloud.deploy()
        with timing.of("Create the accounts of an operator and an approver"):
            season = Season(stack, figures.year)
            set_example(season.operator, season.approver)
            treasury = Treasury(season, HOME / "demo-bank")
        released: dict[int, tuple[str, oracle.Phase]] = {}
        for phase, on in figures.evaluated.items():
            console.rule(f"{CHAPTERS[phase]}, evaluated on {on}", style="dim")
            with timing.of(f"Second opinion on phase {phase}"):
                expected.drop_folder(year / str(phase))
                wanted = expected.phase(phase, on)
            state = run_phase(season, phase, on, year / str(phase), timing)
            differences += compare(season, phase, state, wanted, expected, [k for k, _ in files_of(year / str(phase))])
            show_sectors(sectors_of(state), wanted.per_sector(), state)
            for name in OUTPUTS:
                (REPORTS / f"phase-{phase}-{name}").write_bytes(season.output(state["run"], name))
            with timing.of(f"Bank file, and what the bank answers ({phase})"):
                released[phase] = state["run"], wanted
                differences += take_to_the_bank(treasury, phase, *released[phase], expected, year / "corrected", say)
                for file in treasury.files(state["run"]):
                    (REPORTS / f"phase-{phase}-{file['message_id']}.xml").write_bytes(treasury.fetch(file))
        console.rule("A part of a recovery comes back, and the year is closed", style="dim")
        with timing.of("What the account is told, and the closing by two persons"):
            differences += pay_back(treasury, *released[2], date(figures.year + 1, 9, 1), say)
            differences += reconcile(season, REPORTS / "money.svg", say)
        console.rule("One decision explained", style="dim")
        explain(season, cast[EXPLAINED][0])
        console.rule("A maternity rest: the hospital's certificate comes late", style="dim")
        with timing.of("Decide it twice, and read the letter and the picture"):
            differences += maternity(season)
    show_end(timing)
    return differences


def run_phase(season: Season, phase: int, on: str, folder: Any, timing: Timing) -> Json:
    """Drop the files of one phase, run it and approve it; its released state."""
    with timing.bar(f"Files ingested (phase {phase})") as told:
        season.drop(folder, told)
    with timing.bar(f"Facts joined, persons decided ({phase})") as told:
        waiting = season.start(phase, on, told)
    refused, _ = season.operator.call("POST", f"{season.path(phase)}/approval", answer_to(waiting))
    console.print(f"  Control sum [bold]{euro(cents_of(waiting['control_sum']))} EUR[/]; the run waits for approval.")
    console.print(f"  The operator who started it may not approve it: the API answers {refused}.")
    with timing.bar(f"Approved, paid and reconciled ({phase})") as told:
        return season.approve(phase, told)


def answer_to(waiting: Json) -> Json:
    """The body of an approval of exactly what is shown."""
    return {"run": waiting["run"], "control_sum": waiting["control_sum"], "approve": True}


def compare(
    season: Season,
    phase: int,
    state: Json,
    wanted: oracle.Phase,
    expected: oracle.ExpectedYear,
    keys: list[str],
) -> list[str]:
    """The differences between a released phase and the second opinion on it."""
    run, found = state["run"], []
    checks = {
        "control sum": (cents_of(state["control_sum"]), wanted.control_sum),
        "sectors": (sectors_of(state), wanted.per_sector()),
        "payment file": (
            dict(season.payments(run)),
            dict(Counter((p.iban, p.cents) for p in wanted.payments)),
        ),
        "recoveries": (dict(season.recoveries(run)), dict(Counter(wanted.recoveries.values()))),
    }
    rows = {"accepted": 0, "rejected": 0, "duplicate": 0, "refused files": 0}
    for key in keys:
        batch, verdict = season.batch(key), expected.files[key]
        counted = batch["rows"] or {}
        seen = "refused" if batch["state"] == "refused" else tuple(counted.values())
        told = (len(verdict.good), len(verdict.rejected), len(verdict.duplicates))
        checks[key] = (seen, "refused" if verdict.refused else told)
        rows["refused files"] += batch["state"] == "refused"
        for name, number in counted.items():
            rows[name] += number
    console.print("  Rows of the files: " + ", ".join(f"{number:,} {name}" for name, number in rows.items()))
    for name, (ours, theirs) in checks.items():
        if ours != theirs:
            if isinstance(ours, dict) and isinstance(theirs, dict):
                wrong = {k for k in {*ours, *theirs} if ours.get(k) != theirs.get(k)}
                ours, theirs = ({k: d[k] for k in wrong if k in d} for d in (ours, theirs))
            found.append(f"phase {phase}, {name}: {str(ours)[:300]} instead of {str(theirs)[:300]}")
    return found


def show_sectors(ours: dict[str, tuple[int, int]], theirs: dict[str, tuple[int, int]], state: Json) -> None:
    """Print the amounts paid per sector beside those of the second opinion."""
    table = Table(show_footer=True, header_style="bold", footer_style="bold")
    table.add_column("Sector", "All sectors")
    table.add_column("Payments", f"{sum(n for n, _ in ours.values()):,}", justify="right")
    table.add_column("Paid, EUR", euro(sum(c for _, c in ours.values())), justify="right")
    table.add_column("Second opinion, EUR", euro(sum(c for _, c in theirs.values())), justify="right")
    table.add_column("", "[green]✓[/]" if ours == theirs else "[red]✗[/]")
    for sector in sorted({*ours, *theirs}, key=lambda s: -theirs.get(s, (0, 0))[1]):
        (number, cents), (_, wanted) = ours.get(sector, (0, 0)), theirs.get(sector, (0, 0))
        mark = "[green]✓[/]" if (number, cents) == theirs.get(sector) else "[red]✗[/]"
        table.add_row(sector, f"{number:,}", euro(cents), euro(wanted), mark)
    console.print(table)
    totals = state["totals"]
    waiting = sum(totals["exceptions"].values())
    console.print(
        f"  {totals['persons']:,} persons: {totals['outcomes']['granted']:,} granted,"
        f" {totals['outcomes']['pending']:,} pending, {totals['outcomes']['refused']:,} refused;"
        f" {waiting} exceptions for manual review, {totals['recoveries']['count']} recoveries"
    )


def explain(season: Season, number: str) -> None:
    """Print the dossier of a RIZIV number, and the explanation of its last decision."""
    dossier = season.dossier(number)
    path = f"/v1/premium-years/{dossier['year']}/decisions/{dossier['phases'][-1]['decision']}"
    decision = season.operator.get(path, lang="en")
    paid = ", ".join(f"{e['amount']} EUR as {e['profession']} in phase {e['phase']}" for e in dossier["entries"])
    console.print(f"  RIZIV number {number}: {decision['outcome']}, {paid}; the dossier is {dossier['state']}.")
    marks = {"met": "[green]✓[/]", "not-met": "[red]✗[/]", "not-needed": "[dim]–[/]", "unknown": "[yellow]?[/]"}
    for step in decision["explanation"]:
        console.print(Text("   ").append_text(Text.from_markup(marks[step["outcome"]])).append(f" {step['text']}"))


def maternity(season: Season) -> list[str]:
    """Decide the example without and with the certificate of a stay
    of 21 days; the differences from the second opinion.
    """
    insurer = season.partner(INSURER)
    former, first = _decide_rest(insurer, certified=False)
    decision, second = _decide_rest(insurer, certified=True, supersedes=former["id"])
    path = f"/v1/decisions/{decision['id']}"
    (REPORTS / "maternity-letter.html").write_text(insurer.page(f"{path}/letter", lang="nl"), "utf-8")
    (REPORTS / "maternity-timeline.svg").write_text(insurer.page(f"{path}/timeline", lang="en"), "utf-8")
    difference = insurer.get(f"{path}/difference")
    console.print(
        f"  {decision['outcome'].capitalize()}: {decision['total']} EUR gross over {len(decision['periods'])} periods."
    )
    for row in difference["rows"]:
        if row["kind"] == "payment" and row["difference"] != "0.00":
            console.print(f"  {row['month']}: {row['former']} became {row['new']} EUR, {row['difference']} EUR more.")
    return first + second


def rest_of_the_example(example: Json, certified: bool) -> Json:
    """The example of the scheme with a hospital stay of 21 days,
    certified or not: the body of a request for a decision.
    """
    body = copy.deepcopy(example) | {"on": "2021-01-15"}
    born = body["case"]["births"][0]
    born["stays"] = [{"from": born["on"], "until": "2020-08-04", "certified": certified}]
    return body


def _decide_rest(insurer: Api, certified: bool, **supersedes: str) -> tuple[Json, list[str]]:
    """The decision on the example with a stay, certified
    or not, and the differences from the second opinion.
    """
    body = rest_of_the_example(insurer.get(f"/v1/schemes/{REST}")["example"], certified) | supersedes
    decision = insurer.post(f"/v1/schemes/{REST}/decisions", body)
    wanted = rest_oracle.decide(body["case"], body["on"])
    ours, theirs = (decision["outcome"], cents_of(decision["total"])), (wanted["outcome"], wanted["total"])
    return decision, [] if ours == theirs else [f"maternity rest: {ours} instead of {theirs}"]


def show_end(timing: Timing) -> None:
    console.rule(style="dim")
    total = sum(seconds for _, seconds in timing.steps)
    slowest = sorted(timing.steps, key=lambda step: -step[1])[:4]
    console.print(f"  {total:.0f} s in all: " + ", ".join(f"{name.lower()} {took:.0f} s" for name, took in slowest))
    console.print(
        f"  In {REPORTS.relative_to(HOME.parent)}/: phase-1-report.html, phase-2-report.html,"
        " money.svg, maternity-letter.html, maternity-timeline.svg"
    )


def main() -> int:
    """Play the year; 1 where something differs from the second opinion."""
    arguments = argparse.ArgumentParser(
        prog="python -m local.cloud.demo", description=(__doc__ or "").partition("\n")[0]
    )
    arguments.add_argument(
        "--persons", type=int, default=5000, help="number of persons, the cast of edge cases first (default 5000)"
    )
    arguments.add_argument(
        "--year", type=int, default=2023, help="a year that the second opinion has figures of (default 2023)"
    )
    arguments.add_argument("--seed", type=int, default=2023, help="of the random persons (default 2023)")
    given = arguments.parse_args()
    differences = play(figures_of(given.year), given.persons, given.seed)
    for difference in differences:
        console.print(f"  [red]✗ {difference}[/]")
    if not differences:
        console.print(f"  [green]{EQUAL}[/]")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
