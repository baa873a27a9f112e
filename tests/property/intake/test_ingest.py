"""Files in, whatever the rows, their order, their split and their repetition."""

from collections import Counter
from dataclasses import astuple

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tegemoet.application.intake.keys import FileRefusedError
from tegemoet.application.intake.lines import numbered_lines
from tegemoet.application.records import Batch
from tests.support.dropping import PREMIUM, Cloud, counts_of, riziv

patient = settings(deadline=None, max_examples=60)
"""A drop goes through files on disk: no deadline, and fewer examples."""
ACTIVITY = "riziv_number;setting;amount"
CONVENTIONS = "riziv_number;status;from;until"

activity_rows = st.builds(
    "{};{};{}".format,
    st.sampled_from([*(riziv(n) for n in range(4)), "12345678901", ""]),
    st.sampled_from(["ambulatory", "inpatient", "elsewhere"]),
    st.sampled_from(["0", "1.5", "1,50", "2", "-1", "1e5"]),
)
days = st.integers(1, 28).map(lambda day: f"2023-02-{day:02}")
convention_rows = st.builds(
    "{};{};{};{}".format,
    st.sampled_from([riziv(1), riziv(2)]),
    st.sampled_from(["full", "none", "perhaps"]),
    days,
    st.one_of(st.just(""), days),
)


def outcomes(cloud: Cloud, batch: Batch) -> tuple[list[int], list[int], list[int]]:
    """The lines that were accepted, rejected, and found to be duplicates."""
    chunks = (cloud.work.get(key) for key in cloud.work.keys(f"facts/{batch.id}/"))
    accepted = [orjson.loads(line)[0] for chunk in chunks for line in chunk.splitlines()]
    lists = [cloud.work.get(f"batches/{batch.id}/{name}.csv").splitlines()[1:] for name in ("rejected", "duplicates")]
    return accepted, *([int(record.split(b";")[0]) for record in records] for records in lists)  # type: ignore[return-value]


def facts_of(*files: tuple[str, str, list[str]]) -> set[str]:
    """The facts, their batches left out, that stand
    after dropping the files: kind, header, rows.
    """
    cloud = Cloud()
    for n, (kind, header, rows) in enumerate(files):
        cloud.drop(f"{PREMIUM}/{kind}/f{n}.csv", "\n".join([header, *rows]))
    return {f"{fact._replace(batch='')}" for fact in cloud.facts.stored}


@patient
@given(st.lists(activity_rows, max_size=30))
def test_every_row_ends_as_exactly_one_of_accepted_rejected_duplicate(rows: list[str]) -> None:
    cloud = Cloud()
    batch = cloud.drop(f"{PREMIUM}/activity-s1/a.csv", "\n".join([ACTIVITY, *rows]))
    accepted, rejected, duplicates = outcomes(cloud, batch)
    assert sorted(accepted + rejected + duplicates) == list(range(2, len(rows) + 2))
    assert list(astuple(counts_of(batch))) == [
        len(rows),
        len(accepted),
        len(rejected),
        len(duplicates),
    ]


@patient
@given(st.lists(convention_rows, max_size=12))
def test_conventions_are_rejected_exactly_when_another_row_shares_a_day(rows: list[str]) -> None:
    cloud = Cloud()
    batch = cloud.drop(f"{PREMIUM}/conventions/a.csv", "\n".join([CONVENTIONS, *rows]))
    accepted, rejected, duplicates = outcomes(cloud, batch)
    assert sorted(accepted + rejected + duplicates) == list(range(2, len(rows) + 2))

    def malformed(row: str) -> bool:
        _, status, first, last = row.split(";")
        return status == "perhaps" or bool(last and last < first)

    def in_conflict(one: str, other: str) -> bool:
        a, b = one.split(";"), other.split(";")
        return one != other and a[0] == b[0] and a[2] <= (b[3] or "9999") and b[2] <= (a[3] or "9999")

    good = [row for row in rows if not malformed(row)]
    expected = [n + 2 for n, row in enumerate(rows) if malformed(row) or any(in_conflict(row, other) for other in good)]
    assert rejected == expected


@patient
@given(st.lists(activity_rows, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_fact_and_no_count(rows: list[str], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    counts = []
    for order in (rows, shuffled):
        batch = Cloud().drop(f"{PREMIUM}/activity-s1/a.csv", "\n".join([ACTIVITY, *order]))
        counts.append(counts_of(batch))
    assert counts[0] == counts[1]
    assert facts_of(("activity-s1", ACTIVITY, rows)) == facts_of(("activity-s1", ACTIVITY, shuffled))


@patient
@given(st.lists(activity_rows, max_size=20), st.integers(0, 20))
def test_rows_that_agree_give_the_same_facts_in_one_file_or_two_or_twice(rows: list[str], cut: int) -> None:
    keys = Counter(
        tuple(row.split(";")[:2]) for row in {row.replace(",50", ".5") for row in rows if row[-2:] not in ("-1", "e5")}
    )
    agreed = [row for row in rows if keys[tuple(row.split(";")[:2])] <= 1]
    whole = facts_of(("activity-s1", ACTIVITY, agreed))
    parts = (("activity-s1", ACTIVITY, agreed[cut:]), ("activity-s1", ACTIVITY, agreed[:cut]))
    assert facts_of(*parts) == whole
    assert facts_of(*parts, *parts) == whole


@patient
@given(st.binary(max_size=300), st.integers(1, 50))
def test_lines_do_not_depend_on_the_blocks_they_come_in(body: bytes, size: int) -> None:
    def read(step: int) -> object:
        try:
            return list(numbered_lines(body[at : at + step] for at in range(0, len(body), step)))
        except FileRefusedError:
            return "refused"  # of several reasons the first that shows, and that may depend on the blocks

    assert read(size) == read(1000)


@patient
@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n\r\0\ufeff", exclude_categories=["Cs"]), min_size=1), max_size=20
    )
)
def test_the_lines_of_a_text_come_back_with_their_numbers(lines: list[str]) -> None:
    body = "\r\n".join(lines).encode()
    assert list(numbered_lines([body[:7], body[7:]])) == list(enumerate(lines, 1))


@patient
@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_intake_fail(body: bytes) -> None:
    batch = Cloud().drop(f"{PREMIUM}/conventions/a.csv", body)
    assert batch.state in ("done", "refused")


@patient
@given(st.lists(st.binary(max_size=60).map(lambda row: row.replace(b"\n", b"")), max_size=10))
def test_no_rows_at_all_make_the_intake_fail(rows: list[bytes]) -> None:
    for key, header in (
        (f"{PREMIUM}/conventions/a.csv", [CONVENTIONS.encode()]),
        ("in/riziv/convention-premium/cases/a.jsonl", []),
    ):
        batch = Cloud().drop(key, b"\n".join([*header, *rows]))
        assert batch.state in ("done", "refused")
        if batch.state == "done":
            total, *ended = astuple(counts_of(batch))
            assert total == sum(ended)
