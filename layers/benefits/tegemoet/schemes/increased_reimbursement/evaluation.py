"""What the exchange brought: the households of a year beside the list of entitled persons of the next (circular V.I. 2020/197, 2.2).

Insurers send nothing back on the codes; the institute compares the list of households with the entitled persons of the year after.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from tegemoet.schemes.increased_reimbursement.household import Code, Household


def evaluate(answered: Iterable[tuple[Household, Code]], entitled: Collection[str]) -> Counter[str]:
    """Per code, how many households and persons without the right there were, and how many of them have it now.

    `entitled` = INSZ of the next year's list. Keys are `<level>/<code>` and `<level>-gained/<code>`; a household gained when one of its
    members did. Members who were entitled on 1 January already are not counted.
    """
    counts: Counter[str] = Counter()
    for household, code in answered:
        without = [m.insz for m in household.members if not m.entitled]
        gained = sum(insz in entitled for insz in without)
        counts[f"households/{code}"] += 1
        counts[f"persons/{code}"] += len(without)
        counts[f"households-gained/{code}"] += gained > 0
        counts[f"persons-gained/{code}"] += gained
    return counts
