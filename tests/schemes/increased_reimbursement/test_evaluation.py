"""The effect of an exchange, by the next year's entitled persons (circular V.I. 2020/197, 2.2)."""

from datetime import date

from tegemoet.schemes.increased_reimbursement.evaluation import evaluate
from tests.schemes.increased_reimbursement.builders import insz_of

PARENT, CHILD, ENTITLED_CHILD, SENIOR = (insz_of(date(year, 1, 1)) for year in (1980, 2010, 2012, 1950))
FAMILY = (PARENT, CHILD)
"""Beside a child that was entitled on 1 January already."""
ALONE = (SENIOR,)
ALL = {PARENT, CHILD, ENTITLED_CHILD, SENIOR}


def test_who_was_entitled_already_has_not_gained_the_right() -> None:
    assert evaluate([(FAMILY, "OK")], ALL) == {
        "households/OK": 1,
        "persons/OK": 2,
        "households-gained/OK": 1,
        "persons-gained/OK": 2,
    }
    assert evaluate([(FAMILY, "OK")], {ENTITLED_CHILD})["households-gained/OK"] == 0


def test_a_household_gained_when_one_of_its_members_did() -> None:
    found = evaluate([(FAMILY, "OK")], {CHILD})
    assert (found["households-gained/OK"], found["persons-gained/OK"]) == (1, 1)


def test_every_code_is_counted_by_itself() -> None:
    found = evaluate([(FAMILY, "NOK"), (ALONE, "OK"), (ALONE, "ONHOLD")], {PARENT})
    assert (found["households/NOK"], found["households/OK"], found["households/ONHOLD"]) == (1, 1, 1)
    assert (found["persons-gained/NOK"], found["persons-gained/OK"], found["persons-gained/ONHOLD"]) == (1, 0, 0)
