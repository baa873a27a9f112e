"""Checks that the private functions of the emulator which are replaced still are as they were."""

import inspect
from collections.abc import Mapping, Sequence
from types import ModuleType


def require_parameters(module: ModuleType, expected: Mapping[str, Sequence[str]], replaced_in: str) -> None:
    """RuntimeError where a function of the module does not begin with these parameters.

    An upgrade of the emulator then fails at once, and names what to review in `replaced_in`.
    """
    for name, parameters in expected.items():
        actual = list(inspect.signature(getattr(module, name)).parameters)
        if actual[: len(parameters)] != list(parameters):
            raise RuntimeError(f"the emulator changed: {name}({', '.join(actual)}); review {replaced_in}")
