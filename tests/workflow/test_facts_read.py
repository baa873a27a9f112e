"""Each function reads the partitions of the facts that its role allows, and no others."""

import re
from collections import defaultdict
from typing import Any

import pytest

from tegemoet.adapters.table import query
from tegemoet.application.premium_year.dossier import read_dossier
from tests.support.facts_read import READS_FACTS
from tests.support.moto_cloud import Cloud, cloud
from tests.support.premium_world import YEAR, riziv
from tests.workflow.test_faults import everybody, steps_of


def test_the_functions_of_a_run_and_a_dossier_read_the_partitions_of_their_roles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calling, read = [""], defaultdict[str, set[str]](set)
    invoke = Cloud.invoke

    def seen(client: Any, table: str, pk: str, prefix: str = "") -> Any:
        read[re.sub("[0-9]+$", "7", pk)].add(calling[0])
        return query(client, table, pk, prefix)

    def invoked(made: Cloud, name: str, event: dict[str, Any]) -> Any:
        calling[0] = name
        return invoke(made, name, event)

    monkeypatch.setattr("tegemoet.adapters.facts.query", seen)
    monkeypatch.setattr(Cloud, "invoke", invoked)
    with cloud() as made:
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
