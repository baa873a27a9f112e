"""What the exchange brought: the households of a year beside the list of entitled persons of the next (circular V.I. 2020/197, 2.2).

Insurers send nothing back on the codes; the institute compares the list of households with the entitled persons of the year after.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from tegemoet.schemes.increased_reimbursement.household import Code


def evaluate(answered: Iterable[tuple[Collection[str], Code]], entitled: Collection[str]) -> Counter[str]:
    """Per code, how many households and persons without the right there were, and how many of them have it now.

    `answered` = per household the INSZ of its members who were not entitled on 1 January, and its code; `entitled` = INSZ of the next
    year's list. Keys are `<level>/<code>` and `<level>-gained/<code>`; a household gained when one of its members did.
    """
    counts: Counter[str] = Counter()
    for without, code in answered:
        gained = sum(insz in entitled for insz in without)
        counts[f"households/{code}"] += 1
        counts[f"persons/{code}"] += len(without)
        counts[f"households-gained/{code}"] += gained > 0
        counts[f"persons-gained/{code}"] += gained
    return counts
