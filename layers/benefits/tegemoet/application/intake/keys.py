"""The keys of the inboxes: an object's key says which partner sends what for which scheme and year;
its content never does."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from tegemoet.application.intake.kinds.records import FileKind
from tegemoet.application.intake.kinds.table import KINDS
from tegemoet.application.records import FileRefusal
from tegemoet.domain.identity import holds_insz
from tegemoet.domain.problems import NotFoundError
from tegemoet.schemes.registry import SCHEMES, scheme_named
from tegemoet.schemes.scheme import Scheme

MAX_BYTES = 256_000_000
MAX_ROWS = 2_000_000
MAX_ROW_BYTES = 8_000
CASES = "cases"
YEARS = range(2000, 2101)

_NAME = r"[a-z0-9-]{1,64}"
_KEY = re.compile(
    rf"in/({_NAME})/([a-z0-9-]+)/(?:([0-9]{{4}})/([a-z0-9-]+)/{_NAME}\.(csv|xml)|cases/{_NAME}\.jsonl)", re.ASCII
)
_PARTNER = re.compile(rf"in/({_NAME})/", re.ASCII)

_DIGIT = re.compile(r"\d")

MESSAGE_REFUSALS = {
    "message-malformed": "The file is not well-formed XML.",
    "message-dtd-forbidden": "The message has a document type declaration.",
    "message-unknown": "The message is none of those that are read.",
    "message-too-deep": "The elements of the message lie too deep.",
    "message-too-large": "An element, a text or the message as a whole is too large.",
    "message-field-missing": "A field of the message that is needed is missing.",
    "message-field-invalid": "A field of the message does not have the form that it has to have.",
}
"""Of a file that is to be a message of a bank: `message-` and the code of its reader."""
REFUSALS = {
    "column-duplicate": "The header repeats a column.",
    "column-missing": "A column is missing in the header.",
    "column-unknown": "The header has a column that this kind of file does not have.",
    "delimiter-unknown": "The header contains neither `;` nor `,`.",
    "empty-file": "The file is empty: it has no header.",
    "encryption-not-ours": "The file is not encrypted under the key of its kind.",
    "file-too-large": f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
    "key-unknown": "The key is not one of the keys of the contract.",
    "key-holds-identity-number": "The key contains the identity number of a person.",
    "kind-not-granted": "The partner is not registered for files of that kind and year.",
    "kind-unknown": "The scheme has no such kind of file.",
    **MESSAGE_REFUSALS,
    "no-flow-for-year": "There is no exchange for that year.",
    "no-premium-for-year": "There is no premium for that year.",
    "not-text": "The file contains a NUL character and is not text.",
    "not-utf-8": "The file is not UTF-8.",
    "object-gone": "The file was replaced or deleted before it was read.",
    "scheme-unknown": "There is no such scheme.",
    "too-many-periods": "One number has more periods than a file can hold.",
    "too-many-rows": f"The file has more than {MAX_ROWS} rows.",
    "unclosed-quote": "A quoted field is not closed within a row.",
    "utf-16": "The file is UTF-16, not UTF-8.",
}
"""One sentence per code of a refused file; a sentence never contains a value of the file."""


class FileRefusedError(Exception):
    """The whole file is refused: a stable code and, where there is one, the line and the column of
    the contract at fault."""

    def __init__(self, code: str, line: int | None = None, column: str | None = None) -> None:
        super().__init__(REFUSALS[code])
        self.code = code
        self.line = line
        self.column = column

    @property
    def refusal(self) -> FileRefusal:
        return FileRefusal(self.code, str(self), self.line, self.column)


class YearUnknownError(FileRefusedError):
    """The kind of file has no parameters for the year; `problem` is what an API call returns."""

    def __init__(self, problem: NotFoundError) -> None:
        super().__init__(problem.code)
        self.problem = problem


class WorkflowInput(TypedDict):
    """The input of the workflow of a batch: references only.

    `chunks` = the names of those that the workflow stores or decides.
    """

    batch: str
    work: Literal["store", "decide"]
    chunks: list[str]


@dataclass(frozen=True, slots=True)
class Drop:
    """What the key of an object says.

    `kind` = the kind of its rows, which has a year; None = a file of cases.
    """

    partner: str
    scheme: Scheme
    year: int | None
    kind: FileKind | None

    @property
    def kind_name(self) -> str:
        return self.kind.name if self.kind else CASES

    @property
    def shards(self) -> int:
        """The number of shards of the year's rows, a parameter of the year; 1 where rows have
        none."""
        if self.year is None or self.kind is None or self.kind.partition is None:
            return 1
        return self.scheme.parameter_sets[str(self.year)].integer("shards", date(self.year, 12, 31))

    @property
    def becomes_facts(self) -> bool:
        """Whether the rows are stored as facts, one by one, instead of being decided or staying in
        files."""
        return self.kind is not None and self.kind.becomes_facts

    def workflow_input(self, batch: str, chunks: Iterable[str]) -> WorkflowInput:
        if self.kind is None:
            return {"batch": batch, "work": "decide", "chunks": list(chunks)}
        return {"batch": batch, "work": "store", "chunks": list(chunks) if self.becomes_facts else []}


def parse_key(key: str) -> Drop:
    """What an object's key says.

    Raises FileRefusedError for every key that the contract does not have, and for a key that
    contains an identity number.
    """
    if holds_insz(key):
        raise FileRefusedError("key-holds-identity-number")
    found = _KEY.fullmatch(key)
    if found is None:
        raise FileRefusedError("key-unknown")
    partner, slug, year_text, kind_name, extension = found.groups()
    try:
        scheme = scheme_named(slug)
    except NotFoundError:
        raise FileRefusedError("scheme-unknown") from None
    if year_text is None:
        if scheme.kind != "single-case":
            raise FileRefusedError("kind-unknown")
        return Drop(partner, scheme, None, None)
    kind = KINDS.get((slug, kind_name))
    if kind is None:
        raise FileRefusedError("kind-unknown")
    if extension != kind.extension:
        raise FileRefusedError("key-unknown")
    year = int(year_text)
    if year not in YEARS or (kind.partition is not None and year_text not in SCHEMES[slug].parameter_sets):
        raise YearUnknownError(kind.year_unknown(year))
    return Drop(partner, scheme, year, kind)


def recorded_key(key: str) -> str:
    """The key as it is recorded: without its digits where it contains an identity number, because
    records are read and logged by people who may not see one."""
    return _DIGIT.sub("x", key) if holds_insz(key) else key


def partner_of(key: str) -> str:
    """The partner that an object's key names, even where the rest of the key is invalid; empty
    where it names none."""
    found = _PARTNER.match(key)
    return found[1] if found else ""


def batch_id(written_at: str, *parts: str) -> str:
    """The id of a batch: the moment (`2023-11-02T08:00:01Z`) and twelve digits of the SHA-256 of
    `parts`, which make it unique."""
    moment = written_at[:19].replace("-", "").replace(":", "")
    return f"{moment}Z-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:12]}"
