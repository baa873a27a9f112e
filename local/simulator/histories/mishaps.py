"""What fails in a history, and how often: each draws its own mixture.

Histories in which everything fails a little show less than those in which one thing fails much.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Self

from local.simulator.chance import DRAWS

KINDS = (*DRAWS, "hangs", "stalls", "dies")
"""What AWS documents for a call (`chance`); `hangs` = the call goes on much later, and `stalls` =
a call that writes does; `dies` = its machine is lost."""
PAYS = ("settle",) * 4
FUNCTIONS = ("intake", "store", "conclude", "freeze", "evaluate", "report", *PAYS, "approve", "op")
"""Where mishaps gather: in calls of a function, most often of the one that pays, or in what
operators do."""
WRITES = ("put_", "update_", "transact_", "complete_", "execute_", "batch_execute_")


@dataclass(slots=True)
class Mishaps:
    """`rate` = mishaps in a thousand calls, `focused` = in those of the function `focus`."""

    random: Random
    kinds: Sequence[str]
    rate: int = 0
    focus: str | None = None
    focused: int = 0
    spared: Collection[int] = ()
    """The numbers of mishaps that are drawn and do not happen."""
    drawn: int = 0

    @classmethod
    def mixed(cls, random: Random, spared: Collection[int] = (), functions: Sequence[str] = FUNCTIONS) -> Self:
        """The mixture of a history, which calls these functions. One in six has none."""
        kinds = [kind for kind in KINDS if random.random() < 0.5]
        if not kinds or random.random() < 0.16:
            return cls(random, (), spared=spared)
        focus = random.choice(functions) if random.random() < 0.6 else None
        return cls(random, kinds, random.choice((1, 4, 12)), focus, random.choice((20, 60, 150)), spared)

    @property
    def any(self) -> bool:
        return bool(self.kinds)

    def stop(self) -> None:
        """Nothing fails from now on."""
        self.kinds = ()

    def next(self, machine: str, operation: str) -> str | None:
        """What befalls the next call, an operation on the machine (or of the task) of that name."""
        rate = self.focused if self.focus is not None and machine.startswith(self.focus) else self.rate
        if self.random.randrange(1_000) >= rate:
            return None
        kind = self.random.choice(self.kinds)
        if kind == "stalls" and not operation.startswith(WRITES):
            return None
        self.drawn += 1
        return None if self.drawn - 1 in self.spared else kind
