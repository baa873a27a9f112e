"""Bodies of the recoveries of a premium year."""

from typing import Literal

from typing_extensions import TypedDict

from tegemoet.api.shapes.common import Euro, Next


class RecoveredPart(TypedDict):
    """Money that came back: its entry in the ledger, and booking day and reference of the bank."""

    entry_id: str
    movement: str
    amount: Euro


class Recovery(TypedDict):
    """What a care provider was paid and is not due.

    `reason` = `less-due` where the `decision` of the `run` says why, `no-practice` where the person
    has no practice any more, and so no decision. `paid` and `due` as that run found them. `amount`
    is what has to come back in all, and `remaining` the rest of it. `closed` = two operators
    settled what remains.
    """

    riziv_number: str
    profession: str
    run: str
    reason: Literal["less-due", "no-practice"]
    decision: str | None
    paid: Euro
    due: Euro
    amount: Euro
    communication: str
    parts: list[RecoveredPart]
    remaining: Euro
    state: Literal["open", "recovered", "closed"]


class RecoveryPage(TypedDict):
    """The recoveries of the year by RIZIV number."""

    year: int
    recoveries: list[Recovery]
    next: Next
