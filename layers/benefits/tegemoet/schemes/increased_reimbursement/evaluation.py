"""The effect of the exchange: its households compared with the entitled persons of the next year.

Circular V.I. 2020/197, 2.2: insurers do not report on the codes. The institute compares the
households of a year with the list of entitled persons of the year after.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from tegemoet.schemes.increased_reimbursement.household import Code


def evaluate(answered: Iterable[tuple[Collection[str], Code]], entitled: Collection[str]) -> Counter[str]:
    """Households and persons without the right per code, and how many of them have it now.

    `answered` = per household the INSZ of the members who were not entitled on 1 January, and its
    code; `entitled` = INSZ of the next year's list. Keys are `<level>/<code>` and
    `<level>-gained/<code>`. A household has gained when at least one of its members has.
    """
    counts: Counter[str] = Counter()
    for without, code in answered:
        gained = sum(insz in entitled for insz in without)
        counts[f"households/{code}"] += 1
        counts[f"persons/{code}"] += len(without)
        counts[f"households-gained/{code}"] += gained > 0
        counts[f"persons-gained/{code}"] += gained
    return counts
