"""A premium year on the deployed template while processes of its functions are killed."""

from collections import Counter
from pathlib import Path

import pytest

from local.cloud.local_cloud import LocalCloud
from local.opinions.year import oracle
from local.opinions.year.figures import figures_of
from local.opinions.year.generate import generate
from local.opinions.year.play import cents_of, files_of, sectors_of
from tests.support import figures
from tests.support.kills import Killer, PatientSeason, patient_season

YEAR = figures_of(2023)
PERSONS, KILLS, SEED = 400, 40, 11
OF_FILES, OF_A_RUN = 8, 16
"""The most kills while the files of a phase are taken in, and during a run."""
AGAIN = 10
"""Seconds after which a message that nobody has finished with is delivered again."""


@pytest.mark.slow
def test_whatever_process_is_killed_everybody_is_paid_once(tmp_path: Path) -> None:
    generate(tmp_path, YEAR, PERSONS)
    expected, differences = oracle.ExpectedYear(YEAR), list[str]()
    with LocalCloud() as cloud, patient_season(cloud, YEAR.year, AGAIN) as season:
        for key, _ in files_of(tmp_path / "1") + files_of(tmp_path / "2"):
            season.partner(key.split("/")[1])  # all are registered before anything is killed
        killer = Killer(cloud, SEED, KILLS)
        for phase, on in YEAR.evaluated.items():
            expected.drop_folder(tmp_path / str(phase))
            wanted = expected.phase(phase, on)
            with killer.at_work(OF_FILES):
                season.drop(tmp_path / str(phase))
            with killer.at_work(OF_A_RUN):
                season.start(phase, on)
                released = season.approve(phase)
            keys = [key for key, _ in files_of(tmp_path / str(phase))]
            differences += differing(season, released, wanted, expected, keys)
        while killer.left:  # a run on the same facts pays nothing
            with killer.at_work(OF_A_RUN):
                season.start(2, YEAR.evaluated[2])
                assert season.approve(2)["totals"]["settled"]["entries"] == 0
    print(f"{sum(killer.killed.values())} kills of {dict(killer.killed)}, {season.resumed} runs resumed")  # noqa: T201
    assert differences == []
    figures.check("kills", persons=PERSONS, kills=sum(killer.killed.values()), differences=0)


def differing(
    season: PatientSeason,
    released: dict[str, object],
    wanted: oracle.Phase,
    expected: oracle.ExpectedYear,
    keys: list[str],
) -> list[str]:
    """What a released phase has otherwise than the second opinion."""
    run = str(released["run"])
    checks: dict[str, tuple[object, object]] = {
        "control sum": (cents_of(str(released["control_sum"])), wanted.control_sum),
        "sectors": (sectors_of(released), wanted.per_sector()),
        "payments": (season.payments(run), Counter((paid.iban, paid.cents) for paid in wanted.payments)),
        "recoveries": (season.recoveries(run), Counter(wanted.recoveries.values())),
    }
    for key in keys:
        batch, verdict = season.batch(key), expected.files[key]
        told = (len(verdict.good), len(verdict.rejected), len(verdict.duplicates))
        checks[key] = (tuple((batch["rows"] or {}).values()), () if verdict.refused else told)
    return [f"{run} {name}: {ours} instead of {theirs}" for name, (ours, theirs) in checks.items() if ours != theirs]
