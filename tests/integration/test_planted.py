"""Numbers and names are planted in every file and request, and everything stored, sent or said is
searched for them. Incomes have a search of their own (`exchange/test_traces.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tegemoet.application.premium_year.approval import expire
from tegemoet.application.premium_year.running import abandon_run, record_failure
from tegemoet.application.records import Person
from tegemoet.schemes.registry import SCHEMES
from tests.support import api_world, premium_world
from tests.support.api_world import APPROVER, OPERATOR, PARTNER
from tests.support.dropping import PREMIUM, Cloud, riziv
from tests.support.planted import ACCOUNTS, BAD_ACCOUNT, HOLDERS, PERSONS, files, printed, spellings
from tests.support.premium_world import DECEMBER, JUNE, two_shards

EXAMPLE = SCHEMES["convention-premium"].example


@dataclass
class Planted:
    """A partner's files, both phases and the API over the same stores."""

    cloud: Cloud = field(default_factory=Cloud)
    said: list[str] = field(default_factory=list)
    """What the API answered."""

    def __post_init__(self) -> None:
        cloud = self.cloud
        cloud.runs.begin_year(2023, "v1")  # before the API's world does it with another version
        self.year = premium_world.World(
            work=cloud.work,
            output=cloud.output,
            facts=cloud.facts,
            batches=cloud.batches,
            registrations=cloud.registrations,
            runs=cloud.runs,
            decisions=cloud.decisions,
            workflows=cloud.workflows,
            events=cloud.events,
            secrets=cloud.secrets,
        )
        self.api = api_world.World(
            decisions=cloud.decisions,
            health_decisions=cloud.health_decisions,
            batches=cloud.batches,
            registrations=cloud.registrations,
            work=cloud.work,
            health=cloud.health,
            secrets=cloud.secrets,
            runs=cloud.runs,
            facts=cloud.facts,
            ledger=self.year.ledger,
            workflows=cloud.workflows,
        )

    def places(self) -> Iterator[tuple[str, bytes]]:
        """Everything stored, sent or said, by place: `<bucket>/<key>` or the name of a table."""
        cloud = self.cloud
        for name in ("inbox", "work", "output", "health", "exchange"):
            for key, versions in getattr(cloud, name).versions.items():
                yield f"{name}/{key}", b"".join(version.body for version in versions)
                yield "keys", key.encode()
                yield "metadata", repr([version.stored.metadata for version in versions]).encode()
        tables: dict[str, Any] = {
            "facts": list(cloud.facts.items.items()),
            "batches": cloud.batches.items,
            "runs": vars(cloud.runs),
            "decisions": [cloud.decisions.single, cloud.decisions.of_runs, cloud.health_decisions.single],
            "ledger": vars(self.year.ledger),
            "answers": {key: repr(vars(record)) for key, record in self.api.answers.records.items()},
            "executions": [*cloud.workflows.started.items(), cloud.workflows.answers],
            "events": cloud.events.published,
            "said": self.said,
        }
        for name, kept in tables.items():
            yield name, repr(kept).encode()

    def holding(self, *planted: str) -> set[str]:
        """The places that hold one of the values.

        Of the work bucket the first folder and the name of the file.
        """
        found = {
            place for place, body in self.places() for value in planted for text in spellings(value) if text in body
        }
        return {re.sub("^work/([^/]+)/.*/", r"work/\1/", place) for place in found}


@pytest.fixture(scope="module")
def planted() -> Iterator[Planted]:
    with two_shards():
        yield played(Planted())


def played(planted: Planted) -> Planted:
    """Every file, refused ones, both phases, a case, and what people ask."""
    cloud, year = planted.cloud, planted.year
    for kind, body in files().items():
        assert cloud.drop(f"{PREMIUM}/{kind}/november.csv", body).state == "done", kind
    refused = {
        f"{PREMIUM}/accounts/{PERSONS[5]}.csv": files()["accounts"],
        f"{PREMIUM}/accounts/unclosed.csv": files()["accounts"] + f'{PERSONS[5]};"{HOLDERS[3]};{ACCOUNTS[0]};x;nl\n',
        f"{PREMIUM}/accounts/header.csv": f"{PERSONS[5]};{HOLDERS[3]}\n",
        f"{PREMIUM}/{PERSONS[5]}/november.csv": files()["accounts"],
        f"in/{PERSONS[5]}/convention-premium/2023/accounts/a.csv": files()["accounts"],
    }
    for key, body in refused.items():
        assert cloud.drop(key, body).state == "refused", key
    wrong = cloud.put(f"{PREMIUM}/accounts/elsewhere.csv", files()["accounts"], encryption=None)
    assert cloud.ingest(wrong).state == "refused"
    unpaid(planted)
    first = year.run(1, DECEMBER, key="phase-1")
    year.run(2, JUNE, key="phase-2")
    assert len(year.entries()) >= 3
    ask(planted, first.id)
    return planted


def unpaid(planted: Planted) -> None:
    """A run that is refused, one that nobody answers, and one that fails and is abandoned."""
    year = planted.year
    year.approve(year.evaluate(year.start(1, DECEMBER, key="refused")), approve=False, reason="the wrong day")
    expired = year.evaluate(year.start(1, DECEMBER, key="expired"))
    assert expire(expired, runs=year.runs) is False
    failed = year.start(1, DECEMBER, key="failed")
    year.make_plan(failed)
    assert record_failure(failed.id, failed.id, "GoneError", runs=year.runs)
    abandon_run(
        failed.id,
        by=Person("operator", "An Operator"),
        reason="it failed",
        runs=year.runs,
        workflows=year.workflows,
        clock=year.clock,
    )
    assert year.entries() == []


def ask(planted: Planted, run: str) -> None:
    """Requests of partners and persons, with planted values wherever one can be written."""
    number, account, holder = PERSONS[5], ACCOUNTS[0], HOLDERS[3]
    upload = {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": number, "size": 10}
    wrong: list[dict[str, Any]] = [
        {"case_id": number},
        {"case_id": printed(number)},
        {number: account},
        {"on": number},
        {"case": {**EXAMPLE["case"], number: holder}},
        {"case": {**EXAMPLE["case"], "practices": [{"riziv_number": number, "insz": number}]}},
    ]
    answers = [
        planted.api.post("/v1/uploads", upload),
        planted.api.post("/v1/uploads", {**upload, "name": f"n-{number}"}),
        planted.api.post("/v1/uploads", {**upload, "name": "november", number: holder}),
        planted.api.post("/v1/uploads", {**upload, "name": "november"}, key=number),
        *(
            planted.api.post("/v1/schemes/convention-premium/decisions", {**EXAMPLE, **change}, key=f"k{n}")
            for n, change in enumerate(wrong)
        ),
        planted.api.get(f"/v1/decisions/{number}"),
        planted.api.get(f"/v1/batches/{number}"),
        *(
            planted.api.get(f"/v1/premium-years/2023/{path}", caller)
            for path in ("phases/1", "phases/2", "exceptions", f"exceptions/{number}", f"practices/{riziv(1)}")
            for caller in (OPERATOR, APPROVER)
        ),
        planted.api.post(
            "/v1/premium-years/2023/phases/1/abandonment", {"run": run, "reason": printed(number)}, OPERATOR
        ),
        planted.api.post(
            f"/v1/premium-years/2023/exceptions/{number}", {"choice": number, "reason": holder}, OPERATOR, key="c"
        ),
        planted.api.get("/v1/batches", PARTNER, since=number),
    ]
    planted.said += [f"{answer.status} {answer.headers} {answer.text}" for answer in answers]
    assert not [answer for answer in answers if answer.status >= 500]


def test_the_search_finds_what_is_planted(planted: Planted) -> None:
    for value in (PERSONS[0], ACCOUNTS[0], HOLDERS[0]):
        assert any(place.startswith("inbox/") for place in planted.holding(value))
    for text in (printed(PERSONS[0]), f"{PERSONS[0][:6]} {PERSONS[0][6:9]} {PERSONS[0][9:]}"):
        assert text.encode() in spellings(PERSONS[0])


def test_an_identity_number_stands_in_the_dropped_files_alone(planted: Planted) -> None:
    found = planted.holding(*PERSONS)
    assert {place.partition("/")[0] for place in found} - {"inbox"} == {"keys"}
    # the keys of the refused drops, which their sender wrote
    assert all(
        b"in/" in body
        for place, body in planted.places()
        if place == "keys" and any(t in body for t in spellings(PERSONS[5]))
    )
    assert not any(
        t in body for place, body in planted.places() if place in ("batches", "said") for t in spellings(PERSONS[5])
    )


def test_a_holder_and_an_account_stand_only_where_the_identity_key_protects_them(planted: Planted) -> None:
    """In the template the buckets `inbox`, `work` and `output` and the table of facts are under it
    (`tests/template/test_storage.py`).
    """
    found = planted.holding(*ACCOUNTS, *HOLDERS[:2])
    places = {place for place in found if not place.startswith("inbox/")}
    assert {place for place in places if not place.startswith("output/")} == {
        "facts",
        "work/facts/000.jsonl",
        "work/runs/payees.jsonl",
        "work/runs/persons.jsonl",
        "work/runs/pharmacies.json",
        "work/runs/transfers.jsonl",
    }
    files_out = {place.rpartition("/")[2] for place in places if place.startswith("output/")}
    letters = {file for file in files_out if re.fullmatch(r"letters(-[a-z]{2}-[0-9]{4})?\.(csv|html)", file)}
    assert files_out - letters <= {"payments.csv", "payments-readable.csv"}
    # a letter shows the end of an account and a name, and its index a name alone
    assert not {place.rpartition("/")[2] for place in planted.holding(*ACCOUNTS)} & letters
    assert all(place.startswith("output/payments/") for place in places if place.startswith("output/"))


def test_what_was_refused_or_rejected_stands_in_its_drop_alone(planted: Planted) -> None:
    assert {place.partition("/")[0] for place in planted.holding(HOLDERS[3], BAD_ACCOUNT)} == {"inbox"}
