"""Each function reads the partitions of the facts that its role allows, and no others."""

import re
from collections import defaultdict
from typing import Any

import pytest

from tegemoet.adapters.table import query
from tegemoet.application.premium_year.dossier import read_dossier
from tests.support.calls.stage import Stage
from tests.support.calls.workflows import filmed
from tests.support.calls.year import YEAR, number
from tests.support.facts_read import READS_FACTS


def test_the_functions_of_a_run_and_a_dossier_read_the_partitions_of_their_roles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calling, read = [""], defaultdict[str, set[str]](set)
    invoke = Stage.invoke

    def seen(client: Any, table: str, pk: str, prefix: str = "") -> Any:
        read[re.sub("[0-9]+$", "7", pk)].add(calling[0])
        return query(client, table, pk, prefix)

    def invoked(stage: Stage, folder: str, event: Any) -> Any:
        outer, calling[0] = calling[0], folder
        try:
            return invoke(stage, folder, event)
        finally:
            calling[0] = outer  # a function that calls another one reads on

    monkeypatch.setattr("tegemoet.adapters.facts.query", seen)
    monkeypatch.setattr(Stage, "invoke", invoked)
    with filmed("money out and back") as film:
        cloud, calling[0] = film.stage.cloud, "operations"
        read_dossier(
            YEAR,
            number(1),
            batches=cloud.batches,
            facts=cloud.facts,
            runs=cloud.runs,
            ledger=cloud.ledger,
            work=cloud.work,
            clock=cloud.clock,
            retention=cloud.retention,
        )
    assert read == READS_FACTS
