"""Cases that together make psychiatric day care say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

DAY = "2020-11-04"


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    late = {"on": "2020-12-31", "minutes": 45, "by": "video"}
    billed = [{"on": DAY, "code": "101135"}, {"on": DAY, "code": "102771"}, {"on": "2020-11-05", "code": "101135"}]
    for number, case in enumerate(
        (
            {"sessions": [{"on": DAY, "minutes": 45, "by": "video"}, {"on": DAY, "minutes": 44, "by": "video"}, late]},
            {"partial_days": [{"on": DAY, "place": "home", "contact": True}], "billed": billed},
            {"partial_days": [{"on": DAY, "place": "home"}]},
            {"partial_days": [{"on": DAY, "place": "hospital", "hours": "3.00"}]},
            {"partial_days": [{"on": DAY, "place": "hospital", "hours": "2.99"}]},
        )
    ):
        yield scheme, {"case_id": f"case-{number}", "on": "2020-12-01", "case": case}
