"""A case in which the transport of newborns says everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    journeys = [
        {"on": "2021-03-01", "danger": "life", "kilometres": "34.2"},
        {"on": "2021-03-02", "danger": "none", "kilometres": "12"},
        {"on": "2021-03-03", "danger": "lasting-neurological-damage"},
        {"on": "2021-03-04", "danger": "life", "kilometres": "8.00"},
        {"on": "2021-03-05", "danger": "life", "kilometres": "11"},
        {"on": "2021-03-11", "danger": "life"},
    ]
    yield scheme, {"case_id": "journeys", "on": "2021-03-10", "case": {"journeys": journeys}}
