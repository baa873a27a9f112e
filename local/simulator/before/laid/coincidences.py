"""Nobody acts at the same moment: each fault is shown by itself."""

from typing import Any


class Coincidences:
    """Nothing happens at once."""

    def __init__(self, _stage: Any, _staff: Any, _seed: int) -> None: ...

    def plan(self, _at: Any) -> None: ...
