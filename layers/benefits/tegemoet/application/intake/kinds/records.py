"""What the intake knows of a kind of file, of the
file that it reads, and of a row that it accepts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tegemoet.application.intake.kinds.reasons import RowRejectedError
from tegemoet.application.partners.profiles import KeyScope
from tegemoet.domain.identity import person_key
from tegemoet.domain.problems import NoPremiumForYearError, NotFoundError

RowBody = dict[str, str | int | bool | None]
"""The fields of an accepted row, as they are stored; amounts in cents, days as `YYYY-MM-DD`."""
Conflict = Literal["key", "days"]


@dataclass(slots=True)
class Reading:
    """The state of one file while it is read: its year, its decimal sign, and the secrets of its
    person keys.

    `keys` = the tariff offices or insurers whose rows the partner may bring; None = any.
    `key_version` and `secrets` may be left out where no row becomes a fact of a person. Readers
    append the codes of their warnings to `warnings`; the caller empties it after each row.
    """

    year: int
    decimal_comma: bool = False
    key_version: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    keys: frozenset[str] | None = None
    warnings: list[str] = field(default_factory=list)

    def person(self, insz: str) -> str:
        """The key of a person. Raises KeyError where the file has no secret of that version."""
        return person_key(insz, self.key_version, self.secrets)


class AcceptedRow(NamedTuple):
    """An accepted row: the kind of its fact and the values of its key, the text whose hash chooses
    its shard, and its body."""

    key: tuple[str, ...]
    shard_by: str
    body: RowBody


RowReader = Callable[[Sequence[str], Reading], AcceptedRow]
"""Reads the fields of one row, in the order of the kind's columns. Raises RowRejectedError.

A plain function, because it runs for every row of files of two million.
"""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: its exact columns, the reader of a row, where its facts are stored, and which
    rows are in conflict. One without a reader of rows is a message of a bank.

    `partition`: `numbers` (by the first eight digits), `persons` (by person key), any other = one
    partition of that name; `requests` and `insz`: the rows stay in files, one chunk per shard; None
    = the rows do not become facts. `conflict`: `key` = two different rows of one key; `days` = two
    rows of one number that overlap; None = rows have no key and are never the same. `sealed` = the
    chunks are encrypted under the data key of their sending, and no sum of them is published.
    `year_unknown` = the problem of a file for a year without parameters. `allocates` = the rows are
    a population, over which a premium is allocated. `keys` = whose row one is: a tariff office's or
    an insurer's; None = nobody's in particular.
    """

    scheme: str
    name: str
    columns: tuple[str, ...]
    read: RowReader | None
    partition: str | None
    conflict: Conflict | None = "key"
    sealed: bool = False
    year_unknown: Callable[[int], NotFoundError] = NoPremiumForYearError
    allocates: bool = False
    keys: KeyScope | None = None

    @property
    def extension(self) -> str:
        """How the keys of its objects end."""
        return "xml" if self.read is None else "csv"

    @property
    def becomes_facts(self) -> bool:
        """Whether each row is stored as a fact."""
        return self.partition is not None and not self.by_shard

    def check_owner(self, body: RowBody, keys: frozenset[str]) -> None:
        """Raise RowRejectedError unless the row is of one of these tariff offices or insurers."""
        column = "request_number" if self.keys == "insurers" else "tariff_office"
        named = str(body[column] or "")
        if (named[:3] if self.keys == "insurers" else named) not in keys:
            raise RowRejectedError(column, "key-not-granted")

    @property
    def has_amounts(self) -> bool:
        """Whether the rows have an amount whose sum is published."""
        return "amount" in self.columns and not self.sealed

    @property
    def has_periods(self) -> bool:
        """Whether a row is a period of its number, so that its first day is part of its key."""
        return self.conflict == "days"

    @property
    def by_shard(self) -> bool:
        """Whether the rows stay in files, one chunk per shard, instead of becoming facts."""
        return self.partition in ("requests", "insz")

    @property
    def sharded(self) -> bool:
        """Whether the facts of the year are parted by shard."""
        return self.partition in ("numbers", "persons")


def columns(header: str) -> tuple[str, ...]:
    """The columns of a header that is written with `;`."""
    return tuple(header.split(";"))
