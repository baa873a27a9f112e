"""What a partner's system does: catalogue, decisions, uploads, batches."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tegemoet.application.records import Batch, BatchDetail, FileRefusal, KeptDecision, RowCounts
from tegemoet.domain.decision import canonical
from tegemoet.domain.identity import shard_of
from tegemoet.domain.parameters import read_parameters
from tegemoet.schemes.registry import SCHEMES
from tests.support import premium_world
from tests.support.api_world import APPROVER, OPERATOR, OTHER_PARTNER, PARTNER, World
from tests.support.fakes.partners import anything_of
from tests.support.years import AFTER_ALL

PREMIUM = SCHEMES["convention-premium"]
EXAMPLE = PREMIUM.example
DECIDE = "/v1/schemes/convention-premium/decisions"
UPLOAD = {"scheme": "convention-premium", "year": 2023, "kind": "practices", "name": "november", "size": 48_210}


@pytest.fixture
def world() -> World:
    return World()


# Catalogue


def test_every_scheme_is_in_the_catalogue(world: World) -> None:
    found = world.get("/v1/schemes").body
    assert {scheme["scheme"] for scheme in found["schemes"]} == set(SCHEMES)
    assert found["next"] is None
    for scheme in found["schemes"]:
        assert {"nl", "fr", "en", "de"} <= set(scheme["title"])
        assert {"nl", "fr", "en", "de"} <= set(scheme["summary"])
        assert scheme["valid"]["from"]


def test_a_scheme_tells_its_law_and_the_form_of_its_case(world: World) -> None:
    scheme = world.get("/v1/schemes/convention-premium").body
    assert scheme["legal_basis"][0]["url"].startswith("https://")
    assert "practices" in json.dumps(scheme["case_schema"])
    assert scheme["case_schema"]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_example_of_a_scheme_is_decided_as_it_stands(world: World) -> None:
    for slug, scheme in SCHEMES.items():
        if scheme.kind == "single-case":
            example = world.get(f"/v1/schemes/{slug}").body["example"]
            assert world.post(f"/v1/schemes/{slug}/decisions", example, key=f"key-{slug}").status == 201


def test_a_scheme_of_files_alone_has_no_case_and_decides_none(world: World) -> None:
    assert world.get("/v1/schemes/premium-allocation").body["case_schema"] is None
    refused = world.post("/v1/schemes/premium-allocation/decisions", EXAMPLE)
    assert (refused.status, refused.code) == (404, "not-a-single-case-scheme")


def test_a_scheme_that_does_not_exist_is_404(world: World) -> None:
    for answer in (
        world.get("/v1/schemes/free-lunch"),
        world.get("/v1/schemes/free-lunch/parameters", on="2023-12-01"),
        world.post("/v1/schemes/free-lunch/decisions", EXAMPLE),
    ):
        assert (answer.status, answer.code) == (404, "scheme-unknown")


def pages(world: World, path: str, member: str, limit: int, **query: str) -> list[list[Any]]:
    """Every page of a list."""
    found: list[list[Any]] = []
    cursor: str | None = None
    while cursor is not None or not found:
        more = {} if cursor is None else {"cursor": cursor}
        answer = world.get(path, PARTNER, limit=str(limit), **query, **more)
        assert answer.status == 200, answer.text
        found.append(answer.body[member])
        cursor = answer.body["next"]
    return found


def test_schemes_come_in_pages(world: World) -> None:
    found = pages(world, "/v1/schemes", "schemes", 1)
    assert [len(page) for page in found] == [1] * len(SCHEMES)
    assert {page[0]["scheme"] for page in found} == set(SCHEMES)


def test_every_parameter_in_force_that_day_is_listed_once_with_its_source(world: World) -> None:
    path = "/v1/schemes/convention-premium/parameters"
    found = [p for page in pages(world, path, "parameters", 7, on="2023-12-01") for p in page]
    in_force = PREMIUM.parameter_sets["2023"].in_force(datetime(2023, 12, 1, tzinfo=UTC).date())
    assert [(p["name"], p["key"]) for p in found] == [(p.name, dict(p.key)) for p in in_force]
    assert all(p["source"]["url"].startswith("https://") and p["set"]["sha256"] for p in found)
    [physiotherapist] = [
        p for p in found if p["name"] == "premium-amount" and p["key"] == {"profession": "physiotherapist"}
    ]
    assert physiotherapist["value"] == "1185.16"


def test_no_parameter_is_in_force_on_a_day_without_data(world: World) -> None:
    assert world.get("/v1/schemes/convention-premium/parameters", on="1999-01-01").body["parameters"] == []


# Decisions


def test_a_case_is_decided_stored_and_read_back(world: World) -> None:
    made = world.post(DECIDE, EXAMPLE)
    assert made.status == 201
    decision = made.body
    assert (decision["case_id"], decision["on"]) == (EXAMPLE["case_id"], EXAMPLE["on"])
    assert all(step["text"] for step in decision["explanation"])
    assert world.get(f"/v1/decisions/{decision['id']}").body == decision
    partner, case, stored, _ = world.decisions.single[decision["id"]]
    assert partner == "mutuality"
    assert orjson.loads(case) == EXAMPLE
    without_text = {
        **decision,
        "explanation": [{k: v for k, v in s.items() if k != "text"} for s in decision["explanation"]],
    }
    assert canonical(without_text) == stored


def test_the_same_case_under_another_key_is_the_same_decision(world: World) -> None:
    first = world.post(DECIDE, EXAMPLE, key="a")
    second = world.post(DECIDE, {**EXAMPLE, "case": dict(reversed(EXAMPLE["case"].items()))}, key="b")
    assert (second.status, second.body) == (201, first.body)


def test_another_partners_same_case_is_another_decision(world: World) -> None:
    assert world.post(DECIDE, EXAMPLE).body["id"] != world.post(DECIDE, EXAMPLE, OTHER_PARTNER).body["id"]


def test_a_dry_run_decides_and_stores_nothing(world: World) -> None:
    dry = world.post(DECIDE, {**EXAMPLE, "dry_run": True}, key=None)
    assert dry.status == 200
    assert world.decisions.single == {}
    assert world.answers.records == {}
    assert world.get(f"/v1/decisions/{dry.body['id']}").status == 404
    assert world.post(DECIDE, {**EXAMPLE, "dry_run": False}).body == dry.body


def test_an_explanation_is_rendered_in_the_language_that_is_asked_for(world: World) -> None:
    decision = world.post(DECIDE, EXAMPLE).body["id"]
    texts = {
        language: [s["text"] for s in world.get(f"/v1/decisions/{decision}", lang=language).body["explanation"]]
        for language in ("nl", "fr", "en", "de")
    }
    assert len({tuple(t) for t in texts.values()}) == 4
    assert world.get(f"/v1/decisions/{decision}").body["explanation"][0]["text"] == texts["nl"][0]


def test_a_language_without_texts_is_refused_before_anything_is_stored(world: World) -> None:
    answer = world.send("POST", DECIDE, query={"lang": "xx"}, body=EXAMPLE, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.code) == (404, "language-unknown")
    assert world.decisions.single == {}
    decision = world.post(DECIDE, EXAMPLE).body["id"]
    assert world.get(f"/v1/decisions/{decision}", lang="xx").code == "language-unknown"


def test_a_decision_of_another_partner_does_not_exist(world: World) -> None:
    decision = world.post(DECIDE, EXAMPLE).body["id"]
    answer = world.get(f"/v1/decisions/{decision}", OTHER_PARTNER)
    assert (answer.status, answer.code) == (404, "decision-unknown")
    assert answer.text == world.get("/v1/decisions/none-such", OTHER_PARTNER).text
    assert world.get(f"/v1/decisions/{decision}", OPERATOR).status == 200
    assert world.get(f"/v1/decisions/{decision}", APPROVER).status == 200


def test_a_year_without_data_has_no_premium(world: World) -> None:
    answer = world.post(DECIDE, {**EXAMPLE, "case": {**EXAMPLE["case"], "year": AFTER_ALL}})
    assert (answer.status, answer.code) == (404, "no-premium-for-year")
    assert world.decisions.single == {}


def test_a_decision_may_supersede_ones_own_and_nobody_elses(world: World) -> None:
    mine = world.post(DECIDE, EXAMPLE, key="a").body["id"]
    theirs = world.post(DECIDE, EXAMPLE, OTHER_PARTNER).body["id"]
    later = {**EXAMPLE, "on": "2024-06-20"}
    for unknown in (theirs, "0" * 32):
        answer = world.post(DECIDE, {**later, "supersedes": unknown}, key=f"b-{unknown}")
        assert (answer.status, answer.code) == (409, "superseded-unknown")
        assert world.post(DECIDE, {**later, "supersedes": unknown, "dry_run": True}).status == 409
    made = world.post(DECIDE, {**later, "supersedes": mine}, key="c")
    assert made.status == 201
    assert orjson.loads(world.decisions.single[made.body["id"]][1])["supersedes"] == mine


def test_what_replaces_a_decision_is_visible_on_both(world: World) -> None:
    former = world.post(DECIDE, EXAMPLE, key="a").body["id"]
    assert "superseded_by" not in world.get(f"/v1/decisions/{former}").body
    later = world.post(DECIDE, {**EXAMPLE, "on": "2024-06-20", "supersedes": former}, key="b").body["id"]
    assert world.get(f"/v1/decisions/{former}").body["superseded_by"] == later
    assert world.get(f"/v1/decisions/{later}").body["supersedes"] == former
    assert "superseded_by" not in world.get(f"/v1/decisions/{later}").body


def test_a_successor_reads_and_supersedes_what_its_predecessor_decided(world: World) -> None:
    former = world.post(DECIDE, EXAMPLE, OTHER_PARTNER, key="a").body["id"]
    later = {**EXAMPLE, "on": "2024-06-20", "supersedes": former}
    assert world.get(f"/v1/decisions/{former}").status == 404
    world.registrations.append(replace(anything_of("mutuality"), number=2, predecessor="rival"))
    assert world.get(f"/v1/decisions/{former}").status == 200
    made = world.post(DECIDE, later, key="b")
    assert made.status == 201
    assert world.get(f"/v1/decisions/{former}").body["superseded_by"] == made.body["id"]
    assert world.get(f"/v1/decisions/{made.body['id']}", OTHER_PARTNER).status == 404


def test_a_decision_is_superseded_once(world: World) -> None:
    former = world.post(DECIDE, EXAMPLE, key="a").body["id"]
    later = {**EXAMPLE, "on": "2024-06-20", "supersedes": former}
    first = world.post(DECIDE, later, key="b")
    again = world.post(DECIDE, later, key="c")
    assert (again.status, again.body["id"]) == (201, first.body["id"])
    other = {**later, "on": "2024-06-21"}
    refused = world.post(DECIDE, other, key="d")
    assert (refused.status, refused.code) == (409, "superseded-already")
    assert world.post(DECIDE, {**other, "dry_run": True}).code == "superseded-already"
    assert len(world.decisions.single) == 2


@pytest.mark.parametrize("first", [True, False], ids=["superseding", "plain"])
def test_a_case_posted_again_does_not_rewrite_what_is_kept(world: World, first: bool) -> None:
    one, other = (world.post(DECIDE, {**EXAMPLE, "case_id": name}, key=name).body["id"] for name in ("one", "other"))
    body = {**EXAMPLE, "on": "2024-06-20"}
    world.post(DECIDE, {**body, "supersedes": one} if first else body, key="a")
    kept = dict(world.decisions.single)
    for number, superseded in enumerate([{"supersedes": other}, {} if first else {"supersedes": one}]):
        refused = world.post(DECIDE, {**body, **superseded}, key=f"b-{number}")
        assert (refused.status, refused.code) == (409, "supersedes-differs")
    assert world.decisions.single == kept
    assert world.decisions.superseded_by(other) is None


def test_a_replay_gives_the_same_bytes(world: World) -> None:
    decision = world.post(DECIDE, EXAMPLE).body["id"]
    assert world.get(f"/v1/decisions/{decision}", replay="true").body["replay"] == {"same": True, "differs": {}}
    assert "replay" not in world.get(f"/v1/decisions/{decision}").body


def test_a_replay_says_which_engine_decided_otherwise(world: World) -> None:
    decision = world.post(DECIDE, EXAMPLE).body["id"]
    partner, case, stored, _ = world.decisions.single[decision]
    older = orjson.loads(stored)
    older["engine"]["version"] = "0.9.0"
    world.decisions.single[decision] = KeptDecision(partner, case, canonical(older))
    again = world.get(f"/v1/decisions/{decision}", replay="true").body["replay"]
    assert again["same"] is False
    assert again["differs"]["engine"]["stored"] == "0.9.0"


def test_a_parameter_set_is_kept_at_first_use_and_replays_when_it_no_longer_ships(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tegemoet.application.decisions import reading

    monkeypatch.setattr(reading, "_kept", set())
    decision = world.post(DECIDE, EXAMPLE).body
    used = decision["parameters"]["sha256"]
    [(key, text)] = world.work.bodies.items()
    assert used in key
    assert text.decode() == PREMIUM.parameter_sets["2023"].text
    corrected = read_parameters("2023", text.decode() + "\n# a correction\n")
    monkeypatch.setitem(SCHEMES, PREMIUM.slug, PREMIUM.with_parameters({"2023": corrected}))
    path = f"/v1/decisions/{decision['id']}"
    assert world.get(path, replay="true").body["replay"] == {"same": True, "differs": {}}
    world.work.versions.clear()
    assert world.get(path, replay="true").body["replay"]["differs"]["parameters"]["stored"] == used


@pytest.fixture
def decided_in_a_run(world: World) -> tuple[World, str]:
    """A person decided by a run, and the id of that decision."""
    person = "v1-nurse"
    premium = premium_world.World(
        work=world.work,
        facts=world.facts,
        batches=world.batches,
        runs=world.runs,
        decisions=world.decisions,
        ledger=world.ledger,
    )
    with premium_world.two_shards():
        premium.drop([*premium_world.provider(person, "41234502401", s1=20_000), premium_world.account(person)])
        run = premium.evaluate(premium.start(1, premium_world.DECEMBER))
        assert dict(world.decisions.of_person(2023, shard_of(person, 2), person))
    return world, f"{run.id}.{person}"


def test_persons_read_and_replay_the_decisions_of_a_run(decided_in_a_run: tuple[World, str]) -> None:
    world, decision = decided_in_a_run
    with premium_world.two_shards():
        path = f"/v1/premium-years/2023/decisions/{decision}"
        for caller in (OPERATOR, APPROVER):
            answer = world.get(path, caller, replay="true", lang="en")
            assert answer.body["id"] == decision
            assert answer.body["replay"] == {"same": True, "differs": {}}
        world.work.versions.clear()
        again = world.get(path, OPERATOR, replay="true").body["replay"]
        assert again == {"same": False, "differs": {"case": "no longer kept"}}


def test_no_partner_reads_the_decision_of_a_run(decided_in_a_run: tuple[World, str]) -> None:
    world, decision = decided_in_a_run
    with premium_world.two_shards():
        refused = world.get(f"/v1/premium-years/2023/decisions/{decision}", PARTNER)
        assert (refused.status, refused.code) == (403, "forbidden")
        # what partners call reads no run, whoever asks
        for caller in (PARTNER, OPERATOR, APPROVER):
            assert world.get(f"/v1/decisions/{decision}", caller).code == "decision-unknown"


def test_the_decision_of_a_run_is_found_below_its_year_alone(decided_in_a_run: tuple[World, str]) -> None:
    world, decision = decided_in_a_run
    with premium_world.two_shards():
        for year, unknown in (
            (2022, decision),
            (2022, "2022" + decision[4:]),
            (2023, "2022" + decision[4:]),
            (2023, decision + "x"),
            (2023, decision.replace(".", ".x")),
            (2023, "0" * 32),
        ):
            answer = world.get(f"/v1/premium-years/{year}/decisions/{unknown}", OPERATOR)
            assert (answer.status, answer.code) == (404, "decision-unknown")
        answer = world.get(f"/v1/premium-years/2023/decisions/{decision}", OPERATOR, lang="xx")
        assert answer.code == "language-unknown"


def test_the_parameter_set_of_a_run_is_kept_with_it(decided_in_a_run: tuple[World, str]) -> None:
    world, decision = decided_in_a_run
    with premium_world.two_shards() as used:
        answer = world.get(f"/v1/premium-years/2023/decisions/{decision}", OPERATOR).body
        assert answer["parameters"]["sha256"] == used.sha256
        assert world.work.get(f"parameters/convention-premium/{used.sha256}.toml").decode() == used.text


# Uploads


def test_an_upload_gets_a_form_for_its_key_and_a_batch(world: World) -> None:
    answer = world.post("/v1/uploads", UPLOAD)
    assert answer.status == 201
    body = answer.body
    assert body["key"] == "in/mutuality/convention-premium/2023/practices/november.csv"
    assert body["upload"]["fields"]["key"] == body["key"]
    assert body["upload"]["fields"]["x-amz-meta-batch"] == body["batch"]
    assert body["upload"]["expires_at"] == "2023-12-01T09:15:00Z"
    batch = world.get(f"/v1/batches/{body['batch']}").body
    assert (batch["state"], batch["size"], batch["rows"], batch["links"]) == ("awaiting-upload", 48_210, None, [])


def test_cases_are_uploaded_without_a_year(world: World) -> None:
    answer = world.post("/v1/uploads", {"scheme": "convention-premium", "kind": "cases", "name": "c", "size": 1})
    assert answer.body["key"] == "in/mutuality/convention-premium/cases/c.jsonl"


@pytest.mark.parametrize(
    ("changes", "status", "code", "path"),
    [
        ({"scheme": "free-lunch"}, 404, "scheme-unknown", None),
        ({"scheme": "../other"}, 404, "scheme-unknown", None),
        ({"year": AFTER_ALL}, 404, "no-premium-for-year", None),
        ({"year": 999}, 422, "invalid", "/year"),
        ({"year": None}, 422, "year-required", "/year"),
        ({"kind": "gossip"}, 422, "kind-unknown", "/kind"),
        ({"kind": "practices/x"}, 422, "kind-unknown", "/kind"),
        ({"kind": "cases", "scheme": "premium-allocation"}, 422, "kind-unknown", "/kind"),
        ({"name": "November"}, 422, "name-invalid", "/name"),
        ({"name": "../../rival/x"}, 422, "name-invalid", "/name"),
        ({"name": "n" * 65}, 422, "invalid", "/name"),
        ({"name": ""}, 422, "name-invalid", "/name"),
        ({"name": "85073003328"}, 422, "name-holds-identity-number", "/name"),
        ({"name": "accounts-85-07-30-033-28"}, 422, "name-holds-identity-number", "/name"),
        ({"size": 0}, 422, "size-out-of-range", "/size"),
        ({"size": 256_000_001}, 422, "size-out-of-range", "/size"),
        ({"size": "10"}, 422, "invalid", "/size"),
        ({"size": True}, 422, "invalid", "/size"),
        ({"partner": "rival"}, 422, "invalid", ""),
    ],
)
def test_an_upload_that_cannot_be_is_refused(
    world: World, changes: dict[str, Any], status: int, code: str, path: str | None
) -> None:
    answer = world.post("/v1/uploads", {**UPLOAD, **changes})
    assert (answer.status, answer.code) == (status, code)
    assert {found for found, _ in answer.faults} == ({path} if path is not None else set())
    assert world.batches.items == {}


@pytest.mark.parametrize("size", [1, 256_000_000])
def test_an_upload_may_have_1_byte_and_256_mb(world: World, size: int) -> None:
    assert world.post("/v1/uploads", {**UPLOAD, "size": size}).status == 201


# Batches


def drop(world: World, number: int, partner: str = "mutuality", **changes: Any) -> Batch:
    moment = datetime(2023, 11, 1, 8, tzinfo=UTC) + timedelta(hours=number)
    batch = Batch(
        id=f"{moment:%Y%m%dT%H%M%SZ}-{number:012x}",
        partner=partner,
        scheme="convention-premium",
        kind="practices",
        year=2023,
        key=f"in/{partner}/convention-premium/2023/practices/n{number}.csv",
        version=None,
        written_at=f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        sequencer=f"{number:016x}",
        size=10,
        state="done",
    )
    batch = replace(batch, **changes)
    world.batches.create(batch)
    return batch


def ids(found: list[list[Any]]) -> list[str]:
    return [batch["id"] for page in found for batch in page]


def test_ones_drops_are_listed_newest_first_and_nobody_elses(world: World) -> None:
    own = [drop(world, number).id for number in range(5)]
    drop(world, 9, partner="rival")
    found = pages(world, "/v1/batches", "batches", 2)
    assert [len(page) for page in found] == [2, 2, 1]
    assert ids(found) == own[::-1]
    assert world.get("/v1/batches").body["batches"][0]["key"].endswith("n4.csv")


def test_drops_are_found_by_scheme_and_state(world: World) -> None:
    done = [drop(world, number) for number in range(3)]
    refused = drop(world, 5, state="refused", detail=BatchDetail(refusal=FileRefusal("empty-file", "…")))
    other = drop(world, 6, scheme="premium-allocation", kind="population")
    assert ids(pages(world, "/v1/batches", "batches", 2, state="refused")) == [refused.id]
    assert ids(pages(world, "/v1/batches", "batches", 2, scheme="premium-allocation")) == [other.id]
    both = ids(pages(world, "/v1/batches", "batches", 2, scheme="convention-premium", state="done"))
    assert both == [batch.id for batch in done[::-1]]


def test_drops_are_found_since_a_day_or_a_moment(world: World) -> None:
    drops = [drop(world, number).id for number in (0, 15, 16, 20)]
    assert ids(pages(world, "/v1/batches", "batches", 1, since="2023-11-02")) == [drops[3], drops[2]]
    assert ids(pages(world, "/v1/batches", "batches", 9, since="2023-11-01T23:00:00Z")) == drops[:0:-1]
    assert ids(pages(world, "/v1/batches", "batches", 9, since="2023-11-03")) == []


def test_a_rare_state_among_many_drops_is_found_page_after_page(world: World) -> None:
    rare = drop(world, 0, state="failed", detail=BatchDetail(error="States.Timeout"))
    for number in range(1, 120):
        drop(world, number)
    first = world.get("/v1/batches", limit="1", state="failed").body
    assert first["batches"] == []
    assert first["next"] is not None
    assert ids(pages(world, "/v1/batches", "batches", 1, state="failed")) == [rare.id]


def test_another_partners_batch_does_not_exist(world: World) -> None:
    theirs = drop(world, 1, partner="rival")
    answer = world.get(f"/v1/batches/{theirs.id}")
    assert (answer.status, answer.code) == (404, "batch-unknown")
    assert answer.text == world.get("/v1/batches/none-such").text
    assert world.get("/v1/batches", partner="rival").code == "partner-unknown"
    assert world.get("/v1/batches", partner="mutuality").status == 200


def test_persons_see_the_drops_of_the_partner_they_name(world: World) -> None:
    theirs = drop(world, 1, partner="rival")
    answer = world.get("/v1/batches", APPROVER)
    assert (answer.status, answer.faults) == (422, {("/query/partner", "required")})
    assert world.get("/v1/batches", OPERATOR, partner="rival").body["batches"][0]["id"] == theirs.id
    assert world.get(f"/v1/batches/{theirs.id}", APPROVER).status == 200


def test_operators_share_the_drops_of_one_name(world: World) -> None:
    drop(world, 1, partner="rival")
    own = drop(world, 2, partner="operator")
    assert [found["id"] for found in world.get("/v1/batches", OPERATOR).body["batches"]] == [own.id]


def test_a_batch_shows_its_rows_its_progress_and_links_to_its_outputs(world: World) -> None:
    outputs = {"rejected.csv": "out/mutuality/convention-premium/b/rejected.csv", "summary.json": "out/x/summary.json"}
    detail = BatchDetail(RowCounts(10, 7, 2, 1), 3, outputs=outputs)
    done = drop(world, 1, detail=detail)
    found = world.get(f"/v1/batches/{done.id}").body
    assert found["rows"] == {"accepted": 7, "rejected": 2, "duplicate": 1}
    assert found["progress"] == {"done": 3, "total": 3}
    assert {link["name"]: link["url"] for link in found["links"]} == {
        name: f"https://output.example/{key}?signature" for name, key in outputs.items()
    }
    assert {link["expires_at"] for link in found["links"]} == {"2023-12-01T09:15:00Z"}


def test_a_batch_that_is_loading_shows_how_far_it_is(world: World) -> None:
    loading = drop(world, 1, state="loading", detail=BatchDetail(RowCounts(7, 7, 0, 0), 3))
    for chunk in ("000", "001"):
        world.work.put(f"batches/{loading.id}/results/{chunk}.json", b"{}")
        world.work.put(f"batches/{loading.id}/results/{chunk}.jsonl", b"")
    assert world.get(f"/v1/batches/{loading.id}").body["progress"] == {"done": 2, "total": 3}
    fresh = drop(world, 2, state="loading")
    assert world.get(f"/v1/batches/{fresh.id}").body["progress"] == {"done": 0, "total": None}


def test_a_refused_batch_says_why(world: World) -> None:
    reason = FileRefusal("column-missing", "…", 1, "insz")
    refused = drop(world, 1, state="refused", detail=BatchDetail(refusal=reason))
    assert world.get(f"/v1/batches/{refused.id}").body["refusal"] == {
        "code": "column-missing",
        "line": 1,
        "column": "insz",
    }


# Documentation


def test_the_documentation_needs_no_token_and_nothing_from_elsewhere(world: World) -> None:
    document = world.get("/v1/openapi.json", None)
    assert document.status == 200
    assert document.body["info"]["title"] == "Tegemoet"
    page = world.get("/v1/docs", None)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "swagger-ui" in page.text
    assert 'src="http' not in page.text
    assert "href='http" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert world.get("/v1/docs", None, format="json").body == document.body
    assert len(page.text.encode()) < 5_000_000  # an answer of a function has 6 MB at most


def test_making_the_documentation_leaves_the_routes_where_they_are(world: World) -> None:
    assert world.get("/v1/openapi.json", None).status == 200
    assert world.get("/v1/schemes").status == 200
    assert world.get("/v1/premium-years/2023/exceptions", OPERATOR).status == 200
