"""Each function reads the partitions of the facts that its role allows, and no others."""

import re
from collections import defaultdict
from typing import Any

import pytest

from tegemoet.adapters.table import query
from tegemoet.application.premium_year.dossier import read_dossier
from tests.support.facts_read import READS_FACTS
from tests.support.premium_world import YEAR, riziv
from tests.workflow.test_faults import Found, everybody, steps_of, year


def test_the_functions_of_a_run_and_a_dossier_read_the_partitions_of_their_roles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calling, read = [""], defaultdict[str, set[str]](set)
    invoke = Found.invoke

    def seen(client: Any, table: str, pk: str, prefix: str = "") -> Any:
        read[re.sub("[0-9]+$", "7", pk)].add(calling[0])
        return query(client, table, pk, prefix)

    def invoked(made: Found, name: str, event: dict[str, Any]) -> None:
        calling[0] = name
        invoke(made, name, event)

    monkeypatch.setattr("tegemoet.adapters.facts.query", seen)
    monkeypatch.setattr(Found, "invoke", invoked)
    with year() as made:
        made.world.drop(everybody())
        for step in steps_of(made):
            step()
        world, calling[0] = made.world, "operations"
        read_dossier(
            YEAR,
            riziv(400_000),
            batches=world.batches,
            facts=world.facts,
            runs=world.runs,
            ledger=world.ledger,
            work=world.work,
            clock=world.clock,
            retention=world.retention,
        )
    assert read == READS_FACTS
