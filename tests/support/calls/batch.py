"""Batches: a file of facts, one of cases, one of cases of health data, and one that is refused."""

from datetime import UTC, datetime

from tests.support import health
from tests.support.calls.recorder import Recorder
from tests.support.calls.stage import Stage
from tests.support.dropping import riziv
from tests.support.fakes.partners import anything_of

FOLDER = "in/mutuality/convention-premium"


def prepare(stage: Stage) -> None:
    """A registered partner."""
    stage.world.clock.restart(datetime(2023, 11, 20, 9, tzinfo=UTC))
    assert stage.cloud.registrations.append(anything_of("mutuality"), 0)


def script(recorder: Recorder) -> None:
    """Each file from its message to its outputs. The scheme of health data has to exist."""
    stage = recorder.stage
    environ = stage.world.environ
    inbox, under_health = environ["INBOX_BUCKET"], {"SSEKMSKeyId": environ["HEALTH_KEY_ARN"]}
    encrypted = {"ServerSideEncryption": "aws:kms", **under_health}
    rows = f"riziv_number;status;from;until\n{riziv(1)};full;2023-01-01;\nbad\n{riziv(2)};none;2023-01-01;\n"
    recorder.deliver(inbox, f"{FOLDER}/2023/conventions/a.csv", rows.encode())
    recorder.deliver(inbox, f"{FOLDER}/2023/conventions/b.csv", b"")
    cases = b"\n".join([health.case("one"), b"{}", health.case("two"), b""])
    recorder.deliver(inbox, f"{FOLDER}/cases/a.jsonl", cases, **encrypted)
    recorder.deliver(inbox, health.KEY, cases, **encrypted)
