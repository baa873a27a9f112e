"""Nobody breaks in: the earlier version had no seals."""

from typing import Any


class Intruder:
    """Does nothing."""

    def __init__(self, _stage: Any, _seed: int) -> None: ...

    def plan(self, _at: Any) -> None: ...

    def leave(self) -> None: ...
