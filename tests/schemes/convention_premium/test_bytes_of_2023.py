"""Decisions on the premium of 2023 keep their bytes and their ids: payments rest on them.

`decided_on_2023.jsonl` holds cases with the id and the SHA-256 of the bytes of their decision, as
the first version made them for the partner `partner` under the key `key`. A line never changes.
"""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest

from tegemoet.application.decisions.deciding import decide_line, replay
from tegemoet.schemes.convention_premium import SCHEME

DECIDED = [orjson.loads(line) for line in Path(__file__).with_name("decided_on_2023.jsonl").read_bytes().splitlines()]
SET = "0bf3a255eef172c9cc0babaef66ea35bf5c93d66bbfa918735a17423a46d4fbf"
"""SHA-256 of the parameter file of 2023."""


def test_the_set_and_the_engine_of_2023_are_those_that_were_paid_on() -> None:
    assert (SCHEME.parameter_sets["2023"].sha256, SCHEME.engine) == (SET, "1.0.0")


@pytest.mark.parametrize("line", DECIDED, ids=lambda line: line["id"])
def test_a_decision_on_2023_keeps_its_id_and_its_bytes(line: dict[str, Any]) -> None:
    decided = decide_line(orjson.dumps(line["body"]), SCHEME, "partner", b"key")
    assert (decided.id, hashlib.sha256(decided.decision).hexdigest()) == (line["id"], line["sha256"])
    assert replay(decided.decision, decided.case, SCHEME, b"key").same


def test_every_outcome_and_both_phases_are_among_them() -> None:
    outcomes = {
        (orjson.loads(decide_line(orjson.dumps(line["body"]), SCHEME, "partner", b"key").decision)["outcome"])
        for line in DECIDED
    }
    assert outcomes == {"granted", "refused", "pending"}
    assert {line["body"]["case"]["phase"] for line in DECIDED} == {1, 2}
    assert len(DECIDED) == 28
