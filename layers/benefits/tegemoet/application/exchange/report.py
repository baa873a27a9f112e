"""Phase 4: the results of the insurers, counted into the tables of the statistics."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from tegemoet.application.exchange.ask import Reached
from tegemoet.application.exchange.folder import ExchangeFolder
from tegemoet.application.exchange.records import (
    HouseholdRequest,
    Reported,
    ResultRow,
    WorkInputs,
    sum_counts,
    sum_per_insurer,
)
from tegemoet.application.exchange.steps import SENDINGS
from tegemoet.application.exchange.tables import csv_of, workbook_of
from tegemoet.application.ports import Exchanges, Objects
from tegemoet.application.records import OPERATORS, ReportNote
from tegemoet.schemes.increased_reimbursement import SLUG
from tegemoet.schemes.increased_reimbursement.statistics import (
    MemberResult,
    PlacedHousehold,
    classify,
    count,
    tables,
)
from tegemoet.schemes.languages import DEFAULT_LANGUAGES
from tegemoet.schemes.registry import scheme_named

OTHER_REQUESTS = "rows-of-other-requests"
"""Rows of a request that is not the insurer's, or whose code was not OK: reported, not counted."""
NO_MEMBER = "rows-of-no-member"
"""Rows of a person who is no member of the household: reported, not counted."""

_Results = dict[tuple[str, str], dict[str, MemberResult]]
"""(Partner, request number) → INSZ → result."""


class NotReconciledError(Exception):
    """An insurer's households do not add up to its codes OK."""


def report_shard(year: int, shard: int, *, objects: Objects) -> dict[str, int]:
    """Count the requests of one shard whose code was OK by the results of their insurers.

    Returns the number of those requests.
    """
    folder = ExchangeFolder(objects, year)
    inputs = folder.inputs("results").read()
    results = _merged(folder.result_rows(inputs, shard))
    ok = {
        answered["request_number"]
        for sending in SENDINGS
        for answered in folder.codes(sending, shard).read()
        if answered["code"] == "OK"
    }
    requests = (request for request in folder.requests(shard).read() if request["request_number"] in ok)
    counts = _counts(inputs, requests, results)
    folder.report_counts(shard).write({partner: dict(found) for partner, found in counts.items()})
    return {"shard": shard, "households": len(ok)}


def _merged(rows: Iterable[ResultRow]) -> _Results:
    """One result per partner, request and member: a later row replaces an earlier one."""
    results: _Results = defaultdict(dict)
    for row in rows:
        result = MemberResult(row["insz"], row["contacted_on"] is not None, row["category"], row["own_right"])
        results[row["partner"], row["request_number"]][result.insz] = result
    return results


def _counts(inputs: WorkInputs, requests: Iterable[HouseholdRequest], results: _Results) -> Mapping[str, Counter[str]]:
    """The counts of every insurer over these requests; takes their results out of `results`."""
    placed: dict[str, list[PlacedHousehold]] = defaultdict(list)
    counts: dict[str, Counter[str]] = {insurer: Counter() for insurer in inputs.insurers}
    for request in requests:
        partner = request["partner"]
        members = [insz for insz, _born in request["members"]]
        reported = results.pop((partner, request["request_number"]), {})
        placed[partner].append(classify(members, reported.values()))
        counts[partner][NO_MEMBER] += len(reported.keys() - set(members))
    for (partner, _request), rows in results.items():
        counts[partner][OTHER_REQUESTS] += len(rows)
    for partner, households in placed.items():
        counts[partner] += count(households)
    return counts


def finish_report(
    year: int, *, objects: Objects, exchanges: Exchanges, language: str = DEFAULT_LANGUAGES.exchange_tables
) -> Reached:
    """Write the tables of every insurer, and the operator's over all of them; then be done.

    Raises NotReconciledError, and NotFoundError `language-unknown` for a language without texts.
    """
    scheme = scheme_named(SLUG)
    scheme.texts.require(language)
    folder = ExchangeFolder(objects, year)
    inputs = folder.inputs("results").read()
    counts = sum_per_insurer(folder.report_counts(shard).read() for shard in folder.shards)
    for partner, found in counts.items():
        _reconcile(folder, partner, found)
    title = f"{scheme.title[language]} {year}"
    for partner, found in (*counts.items(), (OPERATORS, sum_counts(counts.values()))):
        made = tables(found, folder.figures)
        for table in made:
            folder.put_output(partner, f"table-{table.number}.csv", csv_of(table, language))
        folder.put_output(partner, "statistics.xlsx", workbook_of(made, title, inputs.on, language))
    folder.reported().write(Reported(counts))
    in_time = folder.figures.in_time("report", inputs.on)
    exchanges.advance(year, "report", "done", ReportNote(inputs.on, in_time, counts))
    return {"step": "done"}


def _reconcile(folder: ExchangeFolder, partner: str, counts: Mapping[str, int]) -> None:
    """Raises NotReconciledError unless the insurer's households add up to its codes OK.

    Every household is in a category, has no results, or has contradicting ones.
    """
    not_places = ("households/contacted", "households/opened")
    households = sum(n for name, n in counts.items() if name.startswith("households/") and name not in not_places)
    codes = 0
    for sending in SENDINGS:
        if folder.answered(sending).exists():
            codes += folder.answered(sending).read().codes.get(partner, {}).get("OK", 0)
    if households != codes:
        raise NotReconciledError
