"""A list of a run in one object: merged by id, counted per kind, read page by page."""

from io import BytesIO
from itertools import pairwise

import pytest

from tegemoet.application.premium_year.listing import (
    PLACES,
    Listing,
    ListingIndex,
    merged,
    write_listing,
)
from tegemoet.domain.manual_review import ExceptionKind, YearException
from tests.support.fakes import FakeObjects

KEY = "runs/r/exceptions.jsonl"


def found(kind: ExceptionKind, subject: str, **facts: object) -> YearException:
    return YearException.about(kind, subject, facts)


def kept(*exceptions: YearException) -> Listing[YearException]:
    """The exceptions as they are written and read back."""
    work, out = FakeObjects(), BytesIO()
    index = write_listing(out, merged(sorted(exceptions, key=lambda exception: exception.id)))
    work.put(KEY, out.getvalue())
    return Listing(work, KEY, ListingIndex.parse(index.shape()), YearException)


MANY = [
    *(found("practice-missing", f"{n:08}") for n in range(2 * PLACES + 3)),
    *(found("entry-taken", f"{n:08}") for n in range(7)),
    *(found("year-amount-lower", f"{n:08}.1.2", whole_year="é" * 300) for n in range(PLACES)),
    *(found("year-amount-missing", f"{n:08}.1") for n in range(PLACES)),
]
IDS = sorted(exception.id for exception in MANY)


@pytest.fixture(scope="module")
def many() -> Listing[YearException]:
    return kept(*MANY)


def pages(exceptions: Listing[YearException], limit: int, kind: str | None = None) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = exceptions.page(cursor, limit, kind)
        ids += [exception.id for exception in page]
        assert len(page) <= limit
        if cursor is None:
            return ids


@pytest.mark.parametrize("limit", [1_000, 499, 500, 501, 7])
def test_pages_have_every_exception_once_by_id(many: Listing[YearException], limit: int) -> None:
    assert pages(many, limit) == IDS


@pytest.mark.parametrize("kind", ["practice-missing", "entry-taken", "year-amount-lower", "year-amount-missing"])
def test_pages_of_one_kind_have_that_kind_alone(many: Listing[YearException], kind: str) -> None:
    own = [each for each in IDS if each.startswith(f"{kind}.")]
    assert pages(many, 100, kind) == own
    assert many.index.counts()[kind] == len(own)


def test_there_is_none_of_another_kind(many: Listing[YearException]) -> None:
    assert many.page(None, 10, "recovery") == ([], None)
    assert kept().page(None, 10) == ([], None)
    assert kept().index.counts() == {}


def test_the_last_page_has_no_cursor_however_it_divides() -> None:
    three = kept(*(found("entry-taken", str(n)) for n in range(3)))
    page, cursor = three.page(None, 3)
    assert (len(page), cursor) == (3, None)
    page, cursor = three.page(None, 2)
    assert (len(page), cursor) == (2, "entry-taken.1")


@pytest.mark.parametrize("place", [0, 1, PLACES - 1, PLACES, PLACES + 1, -1])
def test_one_is_found_by_its_id(many: Listing[YearException], place: int) -> None:
    exception = many.find(IDS[place])
    assert exception is not None
    assert exception.id == IDS[place]


@pytest.mark.parametrize("unknown", ["", "a", "entry-taken.99999999", "recovery.1", "zzz"])
def test_an_unknown_id_is_not_found(many: Listing[YearException], unknown: str) -> None:
    assert many.find(unknown) is None


def test_a_page_reads_a_small_part_of_the_object(many: Listing[YearException]) -> None:
    class Counting(FakeObjects):
        read = 0

        def get_range(self, key: str, start: int, stop: int) -> bytes:
            self.read += stop - start
            return super().get_range(key, start, stop)

    work = Counting()
    body = many.work.get(KEY)
    work.put(KEY, body)
    page, _ = Listing(work, KEY, many.index, YearException).page("year-amount-missing.00000400.1", 10)
    assert [exception.subject for exception in page[:1]] == ["00000401.1"]
    assert work.read < len(body) / 2


def test_of_two_with_one_id_that_of_the_later_source_stays() -> None:
    first, second = found("entry-taken", "1", n=1), found("entry-taken", "1", n=2)
    assert list(merged([first], [second])) == [second]
    assert list(merged([second], [first])) == [first]
    assert list(merged([first, found("entry-taken", "2")], [found("entry-taken", "0")])) == [
        found("entry-taken", "0"),
        first,
        found("entry-taken", "2"),
    ]


def test_every_kind_is_one_range_of_bytes(many: Listing[YearException]) -> None:
    ranges = sorted((of_kind.start, of_kind.stop) for of_kind in many.index.kinds.values())
    assert ranges[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
