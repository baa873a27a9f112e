"""The bytes of the files that partners bring, well-formed and not, and what must become of them.

It shares no line with the intake: what a row or a file is rejected for is decided where it is
spoilt.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from local.simulator.histories.population import SPARE_OFFICE, File, Row, insz, riziv

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "practices": (
        *("insz", "riziv_number", "profession", "specialism", "number_granted_on", "training"),
        *("medical_house_weekly_hours", "pharmacy_id", "tariff_office"),
    ),
    "conventions": ("riziv_number", "status", "from", "until"),
    "activity-s1": ("riziv_number", "setting", "amount"),
    "activity-year": ("riziv_number", "setting", "amount"),
    "accounts": ("insz", "holder", "iban", "registered_on", "language"),
    "identities": ("old_insz", "new_insz"),
    "tariff-offices": ("tariff_office", "holder", "iban"),
}
STRANGER, OTHER = insz(961), insz(963)
"""Nobody of a history: rows about them change nothing that is paid."""
NUMBER = riziv(498_765, 401)
IBAN = "BE68539007547034"
LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Expected:
    """What must become of a file: the code with which it is refused, or else its rows.

    `rejected` = line → code; `duplicates` = line → the line that it repeats.
    """

    refusal: str | None = None
    rows: int = 0
    rejected: Mapping[int, str] = field(default_factory=dict)
    duplicates: Mapping[int, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return self.rows - len(self.rejected) - len(self.duplicates)


@dataclass(frozen=True, slots=True)
class Written:
    """A file as bytes."""

    body: bytes
    expected: Expected


@dataclass(slots=True)
class _Lines:
    """The lines of a file as they are written, with what must become of each row."""

    delimiter: str
    order: Sequence[int]
    line: int
    text: list[str] = field(default_factory=list)
    rows: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    first: dict[Row, int] = field(default_factory=dict)

    def add(self, row: Row, code: str | None = None) -> None:
        """Add a row; `code` = that with which it is rejected."""
        ordered = [row[place] for place in self.order] if len(row) == len(self.order) else list(row)
        self.put(self.delimiter.join(ordered), code)
        if code is None:
            first = self.first.setdefault(row, self.line - 1)
            if first != self.line - 1:
                self.duplicates[self.line - 1] = first

    def put(self, text: str, code: str | None) -> None:
        """Add a line that counts as a row, as it is."""
        self.text.append(text)
        self.rows += 1
        if code is not None:
            self.rejected[self.line] = code
        self.line += 1

    def broken(self, row: Row) -> None:
        """Add a row with a line break in a quoted field."""
        ordered = [row[place] for place in self.order]
        self.put(self.delimiter.join(['"a\nb"', *ordered[1:]]), "line-break-in-field")
        self.line += 1  # it takes two

    def blank(self, text: str) -> None:
        """Add a line that is no row."""
        self.text.append(text)
        self.line += 1


def spelled(file: File, random: Random, spoil: bool, keys: Sequence[str] | None = None) -> Written:
    """The file in one of the ways in which partners write; where `spoil`, with bad rows.

    `keys` = the tariff offices whose rows the partner may bring; None = any.
    """
    columns = COLUMNS[file.kind]
    delimiter = random.choice(";;,")
    order = list(range(len(columns)))
    if random.random() < 0.4:
        random.shuffle(order)
    separator = random.random() < 0.2
    lines = _Lines(delimiter, order, 3 if separator else 2)
    rows = [tuple(_spelled(value, delimiter) for value in row) for row in file.rows]
    for row in rows:
        code = _code_of(file.kind, row, keys)
        lines.add(row, code)
        for add in _noise(file.kind, row, code, keys, random) if spoil else ():
            add(lines)
    header = delimiter.join(columns[place] for place in order)
    text = [*(["sep=" + delimiter] if separator else []), header, *lines.text]
    end = random.choice(("\n", "\n", "\r\n"))
    body = ("\ufeff" if random.random() < 0.3 else "") + end.join(text) + random.choice(("", end))
    return Written(body.encode(), Expected(None, lines.rows, lines.rejected, lines.duplicates))


def _spelled(value: str, delimiter: str) -> str:
    """An amount has a decimal comma only where commas part no fields."""
    return value.replace(",", ".") if delimiter == "," else value


Add = Callable[[_Lines], None]


def _noise(kind: str, row: Row, own: str | None, keys: Sequence[str] | None, random: Random) -> Iterator[Add]:
    """What else stands in a file after one of its rows, which itself is rejected with `own`."""
    bad, code = random.choice(_bad_rows(kind))
    width = len(COLUMNS[kind])
    several: tuple[Add, ...] = (
        lambda lines: lines.add(row, own),
        lambda lines: lines.add(bad, code),
        lambda lines: lines.broken(row),
        lambda lines: lines.add((*row, "more"), "field-count"),
        lambda lines: lines.put("x" * (LONGEST + 1), "row-too-long"),
        lambda lines: lines.put(lines.delimiter.join(['"a"b', *[""] * (width - 1)]), "quote-misplaced"),
        lambda lines: lines.blank(lines.delimiter * (width - 1)),
        lambda lines: lines.blank(""),
    )
    yield from (add for add in several if random.random() < 0.12)
    if random.random() < 0.05:
        rival = "overlapping" if kind == "conventions" else "contradicted"
        for one in _rivals(kind):
            yield partial(_Lines.add, row=one, code=_code_of(kind, one, keys) or rival)


def _code_of(kind: str, row: Row, keys: Sequence[str] | None) -> str | None:
    """The code of a row of a tariff office that is not the partner's."""
    office = {"practices": row[-1], "tariff-offices": row[0]}.get(kind)
    return None if keys is None or office is None or office in keys else "key-not-granted"


def _bad_rows(kind: str) -> tuple[tuple[Row, str], ...]:
    """Rows of a kind that break a rule of its own, each with its code."""
    practice = ("", NUMBER, "nurse", "", "", "no", "", "", "")
    rows: Mapping[str, tuple[tuple[Row, str], ...]] = {
        "practices": (
            (("70010100100", *practice[1:]), "insz-invalid"),
            ((STRANGER, "41234500401", *practice[2:]), "riziv-number-invalid"),
            ((STRANGER, NUMBER, "wizard", *practice[3:]), "profession-unknown"),
            ((STRANGER, *practice[1:5], "perhaps", "", "", ""), "not-yes-or-no"),
            ((STRANGER, *practice[1:7], "pharmacy-9", "office-9"), "pharmacy-for-pharmacists"),
        ),
        "conventions": (
            ((NUMBER, "half", "2020-01-01", ""), "status-unknown"),
            ((NUMBER, "full", "2020-02-30", ""), "not-a-day"),
            ((NUMBER, "full", "2020-02-01", "2020-01-31"), "until-before-from"),
        ),
        "activity": (
            ((NUMBER, "ambulatory", "1e5"), "not-an-amount"),
            ((NUMBER, "ambulatory", "-1"), "not-an-amount"),
            ((NUMBER, "elsewhere", "1"), "setting-unknown"),
        ),
        "accounts": (
            ((STRANGER, "Holder", "BE68539007547035", "2023-06-01", "nl"), "iban-invalid"),
            ((STRANGER, "", IBAN, "2023-06-01", "nl"), "holder-invalid"),
            ((STRANGER, f"Holder {STRANGER}", IBAN, "2023-06-01", "nl"), "holds-identity-number"),
            ((STRANGER, "Holder", IBAN, "2023-06-01", "xx"), "language-unknown"),
        ),
        "identities": (((STRANGER, STRANGER), "numbers-equal"), ((STRANGER, "1"), "insz-invalid")),
        "tariff-offices": (
            (("of fice", "Office", IBAN), "label-invalid"),
            (("office-8", "Office", IBAN), "key-not-granted"),
        ),
    }
    return rows["activity" if kind.startswith("activity") else kind]


def _rivals(kind: str) -> tuple[Row, Row]:
    """Two rows of nobody that contradict each other."""
    rows: Mapping[str, tuple[Row, Row]] = {
        "practices": (
            (STRANGER, NUMBER, "nurse", "", "", "no", "", "", ""),
            (OTHER, NUMBER, "nurse", "", "", "no", "", "", ""),
        ),
        "conventions": ((NUMBER, "full", "2020-01-01", "2020-01-31"), (NUMBER, "none", "2020-01-31", "")),
        "activity": ((NUMBER, "ambulatory", "1"), (NUMBER, "ambulatory", "2")),
        "accounts": ((STRANGER, "A", IBAN, "2023-06-01", "nl"), (STRANGER, "B", IBAN, "2023-06-01", "nl")),
        "identities": ((STRANGER, OTHER), (STRANGER, insz(965))),
        "tariff-offices": ((SPARE_OFFICE, "A", IBAN), (SPARE_OFFICE, "B", IBAN)),
    }
    return rows["activity" if kind.startswith("activity") else kind]


def refused(file: File, random: Random) -> Written:
    """The file in a form that is refused as a whole."""
    columns = list(COLUMNS[file.kind])
    header, rows = ";".join(columns), [";".join(row) for row in file.rows]
    text = "\n".join([header, *rows])
    again = ";".join([*columns, columns[0]])
    broken = "\n".join([header, *rows, '"' + ";" * (len(columns) - 1), *rows])
    forms: tuple[tuple[str, bytes], ...] = (
        ("column-missing", "\n".join([";".join([*columns[1:], "extra"]), *rows]).encode()),
        ("column-unknown", "\n".join([header + ";extra", *rows]).encode()),
        ("column-duplicate", "\n".join([again, *rows]).encode()),
        ("delimiter-unknown", "\n".join(["\t".join(columns), *rows]).encode()),
        ("empty-file", random.choice((b"", b"\n", b"sep=;\n"))),
        ("unclosed-quote", broken.encode()),
        ("not-utf-8", text.encode() + b"\n\xe9;"),
        ("not-text", text.encode() + b"\n\0;"),
        ("utf-16", text.encode("utf-16")),
    )
    code, body = random.choice(forms)
    return Written(body, Expected(code))
