"""Bodies of uploads and batches."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from tegemoet.api.shapes.common import BODY, Link, Next, Person, Reason, Slug
from tegemoet.application.records import BatchState


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """The file to upload. `size` is in bytes. `year` is required for every kind except `cases`."""

    __pydantic_config__ = BODY

    scheme: Slug
    kind: Slug
    name: Slug
    size: Annotated[int, Field(strict=True)]
    year: Annotated[int, Field(strict=True, ge=1000, le=9999)] | None = None


class Form(TypedDict):
    """A presigned form.

    Send a `multipart/form-data` POST with these fields, followed by the file under the name `file`.
    """

    url: str
    fields: dict[str, str]
    expires_at: Annotated[str, Field(description="The moment (UTC) at which the form expires.")]


class Upload(TypedDict):
    batch: str
    key: str
    upload: Form


class Rows(TypedDict):
    """How many rows of the file ended in each way. Every row is counted once."""

    accepted: int
    rejected: int
    duplicate: int


class Progress(TypedDict):
    """How many chunks of the file are processed. `total` is null until the file is split."""

    done: int
    total: int | None


class Refusal(TypedDict):
    """Why the whole file was refused: a code and, where it applies, the line and the column."""

    code: str
    line: int | None
    column: str | None


class Batch(TypedDict):
    """A file that was dropped or announced. `year` is null for cases."""

    id: str
    scheme: str
    kind: str
    year: int | None
    key: str
    size: int
    state: BatchState
    written_at: str


@dataclass(frozen=True, slots=True)
class BatchAbandonment:
    """Why the batch is abandoned."""

    __pydantic_config__ = BODY

    reason: Reason


class BatchAbandoned(TypedDict):
    batch: str
    abandoned: Literal[True]


class AbandonedBatch(TypedDict):
    """Who abandoned the batch, when (UTC) and why. `by` is null for a partner."""

    by: Person | None
    at: str
    reason: str


class BatchDetails(Batch):
    rows: Rows | None
    progress: Progress
    refusal: Refusal | None
    abandonment: AbandonedBatch | None
    links: list[Link]


class BatchPage(TypedDict):
    batches: list[Batch]
    next: Next
