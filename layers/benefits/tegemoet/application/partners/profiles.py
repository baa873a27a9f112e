"""Profiles: what a partner of a kind may bring unless a registrar says otherwise; they are data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from tegemoet.application.records import Authority
from tegemoet.schemes.registry import SCHEMES

EVERY_SCHEME = "*"
KeyScope = Literal["tariff-offices", "insurers"]
"""What the keys of a partner are: codes of tariff offices, or numbers of insurers."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`kinds` = (scheme, kind); `keys` = None where a partner may bring the rows of any key."""

    name: str
    kinds: tuple[tuple[str, str], ...]
    authority: frozenset[Authority]
    keys: KeyScope | None


def profiles() -> Mapping[str, Profile]:
    """Every profile by its name."""
    return {
        name: Profile(name, _kinds(values["grants"]), frozenset(values["authority"]), values.get("keys"))
        for name, values in _read().items()
    }


def known_kinds() -> frozenset[tuple[str, str]]:
    """Every (scheme, kind) that can be granted."""
    return frozenset(kind for profile in profiles().values() for kind in profile.kinds)


def scope_of(profile: str) -> KeyScope | None:
    """What the keys of a partner of that profile are; None where it may bring any row."""
    scope: KeyScope | None = _read()[profile].get("keys")
    return scope


@cache
def _read() -> Mapping[str, Any]:
    file = resources.files("tegemoet.application.partners") / "profiles.toml"
    return tomllib.loads(file.read_text("utf-8"))


def _kinds(granted: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    cases = sorted(slug for slug, scheme in SCHEMES.items() if scheme.kind == "single-case")
    return tuple(
        (scheme, kind)
        for name, kinds in granted.items()
        for scheme in (cases if name == EVERY_SCHEME else [name])
        for kind in kinds
    )
