"""Cases that together make psychiatric day care say everything it can say."""

from collections.abc import Iterator
from typing import Any

from tegemoet.schemes.scheme import Scheme

DAY = "2020-11-04"
HELD = {"individual": True, "by_team": True, "encrypted": True}
SHORTENED = {"distance_kept_in_full_day": False, "needs_more": False}


def gallery(scheme: Scheme) -> Iterator[tuple[Scheme, dict[str, Any]]]:
    video = {"on": DAY, "minutes": 45, "by": "video"}
    billed = [{"on": DAY, "code": code} for code in ("101135", "101916", "102771")]
    billed.append({"on": "2020-11-05", "code": "101135"})
    home, hospital = {"on": DAY, "place": "home"}, {"on": DAY, "place": "hospital"}
    for number, case in enumerate(
        (
            {"sessions": [{**video, **HELD}, {**video, **HELD, "minutes": 1}, {**video, "on": "2020-11-06"}]},
            {"sessions": [{**video, "by": "telephone"}]},
            {"partial_days": [{**home, "contact": True, "medicines": False}], "billed": billed},
            {"partial_days": [{**home, "contact": False}], "billed": billed, "regular_psychotherapy": True},
            {"partial_days": [home]},
            {"partial_days": [{**hospital, "hours": "3.00", **SHORTENED}]},
            {"partial_days": [{**hospital, "hours": "1.00"}]},
            {"partial_days": [{**hospital, "hours": "6.99"}]},
        )
    ):
        yield scheme, {"case_id": f"case-{number}", "on": "2020-12-01", "case": case}
