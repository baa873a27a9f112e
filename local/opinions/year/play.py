"""Plays the made-up year on a deployed stack over its API: partners and all persons.

season = Season(stack, 2023)
season.drop(folder)                 every file of a stage, then wait until each is loaded or refused
season.start(1, "2023-12-05")       as operator; waits until the run waits for approval
season.approve(1)                   as approver; waits until the run is released
"""

import csv
import io
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.cloud.stack import Stack
from local.opinions.year.compare import deadline
from local.opinions.year.figures import figures_of
from local.opinions.year.partners import PARTNERS, UNKNOWN
from tegemoet.application.records import PersonRole

Json = dict[str, Any]
Told = Callable[[int, int], None]
"""Is told how much of how much is done."""
UPLOADED_BY = "accounts-desk"
"""The partner that uploads through the API; the others write to S3 themselves."""


class UnexpectedAnswerError(Exception):
    """The API, or a run, answered something else than expected."""


def cents_of(text: str) -> int:
    """Cents of an amount with two decimals, such as 1045.32."""
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals)


def sectors_of(state: Json) -> dict[str, tuple[int, int]]:
    """Number of payments and cents per sector that a phase pays anything to."""
    sectors = state["totals"]["sectors"]
    return {s["profession"]: (s["payments"], cents_of(s["amount"])) for s in sectors if s["payments"]}


def files_of(folder: Path) -> list[tuple[str, Path]]:
    """The files of a stage, by key: the order in which they are dropped."""
    return sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.*"))


@dataclass
class Api:
    """The REST API for one caller."""

    url: str
    token: Callable[[], str]
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> tuple[int, Json]:
        """Status and body of a call; `key` is the Idempotency-Key of a POST, new unless given."""
        if time.monotonic() > self._until:
            self._token, self._until = self.token(), time.monotonic() + 1800
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        data = None if body is None and method == "GET" else json.dumps(body or {}).encode()
        return _answer(urllib.request.Request(self.url + path, data, headers, method=method))  # noqa: S310 - 127.0.0.1

    def get(self, path: str, **query: str) -> Json:
        """The answer to a GET that has to succeed."""
        status, answer = self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))
        return _expected(path, status, answer)

    def post(self, path: str, body: Any = None) -> Json:
        """The answer to a POST that has to succeed."""
        return _expected(path, *self.call("POST", path, body))

    def page(self, path: str, **query: str) -> str:
        """The text of a page or picture that has to be there."""
        answer = self.get(path, **query)
        return str(answer["body"])


def _expected(path: str, status: int, answer: Json) -> Json:
    if status >= 400:
        raise UnexpectedAnswerError(f"{path}: {status} {json.dumps(answer)[:500]}")
    return answer


def _answer(request: urllib.request.Request) -> tuple[int, Json]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            status, content = refused.code, refused.read()
    try:
        return status, json.loads(content) if content else {}
    except ValueError:
        return status, {"body": content.decode(errors="replace")}


def api_of(stack: Stack, account: str, role: PersonRole) -> Api:
    """The API for a person with that account and role, who is made on first use."""
    password = stack.ensure_user(account, role)
    client = stack.outputs["PersonClientId"]
    return Api(stack.api_url, lambda: stack.user_tokens(account, password, client)["IdToken"])


STUCK_AFTER = 300
"""Seconds without any file being finished after which something has gone wrong."""


class Season:
    """A premium year on a stack. Its persons and partners are made on first use.

    `partners` = name → the body of its registration, without its years and persons.
    """

    def __init__(self, stack: Stack, year: int, partners: Mapping[str, Json] = PARTNERS) -> None:
        self.stack, self.year = stack, year
        self._registered = partners
        self.operator, self.approver = self.person("operator"), self.person("approver")
        self.registrar = self.person("registrar")
        self._partners: dict[str, Api] = {}
        self.batches: dict[str, Json] = {}
        self._s3 = stack.session.client("s3")

    # --- who --------------------------------------------------------------------------------------

    def person(self, role: PersonRole) -> Api:
        """The API for a person of that role, who is made on first use."""
        return api_of(self.stack, f"{role}@example.org", role)

    def partner(self, name: str) -> Api:
        """The API for a partner's system. A partner is registered on first use."""
        if name not in self._partners:
            answerable = [self.stack.subject_of("registrar@example.org")]
            body = {"from_year": 2000, "answerable": answerable, **self._registered.get(name, UNKNOWN)}
            self.registrar.post(f"/v1/partners/{name}/registrations", body)
            client, _ = self.stack.ensure_partner(name)
            self._partners[name] = Api(self.stack.api_url, lambda: self.stack.client_token(client))
        return self._partners[name]

    # --- files ------------------------------------------------------------------------------------

    def _encryption(self, key: str) -> dict[str, str] | None:
        """What a drop has to say of its encryption: a file of cases is under the health key."""
        if "/cases/" not in key:
            return None
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.stack.outputs["HealthKey"]}

    def drop(self, folder: Path, told: Told = lambda *_: None) -> None:
        """Drop every file of the stage, then wait until none is loading; `told` counts files."""
        dropped = files_of(folder)
        partners = sorted({key.split("/")[1] for key, _ in dropped})
        former = {batch["id"] for partner in partners for batch in self.batches_of(partner)}
        for key, path in dropped:
            partner = key.split("/")[1]
            if partner == UPLOADED_BY:
                _, _, scheme, year, kind, name = key.split("/")
                asked = {"scheme": scheme, "year": int(year), "kind": kind, "name": name.removesuffix(".csv")}
                self.upload(partner, asked, path.read_bytes())
            else:
                self._s3.upload_file(str(path), self.stack.outputs["InboxBucket"], key, self._encryption(key))
        wanted = {key for key, _ in dropped}
        moved_at, finished_last = time.monotonic(), -1
        while True:
            seen = (batch for partner in partners for batch in self.batches_of(partner))
            loading = {b["key"]: b for b in seen if b["key"] in wanted and b["id"] not in former}
            self.batches |= loading
            states = [batch["state"] for batch in loading.values()]
            if "failed" in states:
                raise UnexpectedAnswerError(
                    f"a batch failed: {[b for b in self.batches.values() if b['state'] == 'failed']}"
                )
            finished = sum(state in ("done", "refused") for state in states)
            told(finished, len(wanted))
            if finished == len(wanted):
                return
            if finished != finished_last:
                moved_at, finished_last = time.monotonic(), finished
            if time.monotonic() - moved_at > STUCK_AFTER:
                raise UnexpectedAnswerError(f"{len(wanted) - finished} files are not taken in and nothing moves")
            time.sleep(0.2)

    def upload(self, partner: str, asked: Json, content: bytes) -> str:
        """Upload through the API: request a form, then send it. Returns the batch id.

        `asked` holds scheme, year, kind and name.
        """
        answer = self.partner(partner).post("/v1/uploads", {**asked, "size": len(content)})
        boundary = uuid.uuid4().hex
        parts = [*answer["upload"]["fields"].items(), ("file", content)]
        body = b"".join(_part(boundary, name, value) for name, value in parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = urllib.request.Request(answer["upload"]["url"], body, headers, method="POST")  # noqa: S310
        status, refused = _answer(request)
        if status >= 300:
            raise UnexpectedAnswerError(f"upload: {status} {refused}")
        return str(answer["batch"])

    def batches_of(self, partner: str) -> Iterator[Json]:
        """A partner's drops, as the partner sees them."""
        query: dict[str, str] = {}
        while True:
            found = self.partner(partner).get("/v1/batches", **query)
            yield from found["batches"]
            if not found["next"]:
                return
            query["cursor"] = found["next"]

    def batch(self, key: str) -> Json:
        """What became of the file dropped under `key`."""
        return self.partner(key.split("/")[1]).get(f"/v1/batches/{self.batches[key]['id']}")

    def rejected(self, key: str) -> list[int]:
        """The lines of that file that were rejected."""
        link = next(link["url"] for link in self.batch(key)["links"] if link["name"] == "rejected.csv")
        with urllib.request.urlopen(link, timeout=30) as answer:  # noqa: S310 - 127.0.0.1
            return [int(line.split(b";")[0]) for line in answer.read().splitlines()[1:]]

    # --- phases -----------------------------------------------------------------------------------

    def path(self, phase: int) -> str:
        return f"/v1/premium-years/{self.year}/phases/{phase}"

    def start(self, phase: int, on: str, told: Told = lambda *_: None) -> Json:
        """Start the phase, wait for its request of approval; its state with the control totals."""
        self.confirm_values()
        self.operator.post(self.path(phase), {"on": on})
        return self._wait(phase, "waiting", ("joined", "evaluated"), told)

    def confirm_values(self) -> None:
        """Confirm what is not official, and supply the days that nobody publishes."""
        path = f"/v1/premium-years/{self.year}/values"
        for value in self.operator.get(path)["values"]:
            if not value["confirmed"]:
                supplied = value["value"] or deadline(figures_of(self.year), value["key"]).isoformat()
                body = {"value": supplied, "reason": "The figures of the second opinion say so."}
                self.operator.post(f"{path}/{value['id']}/confirmations", body)

    def approve(self, phase: int, told: Told = lambda *_: None) -> Json:
        """Approve exactly what is shown and wait until it is released; the state of the phase."""
        shown = self.approver.get(self.path(phase))
        answer = {"run": shown["run"], "control_sum": shown["control_sum"], "approve": True}
        self.approver.post(f"{self.path(phase)}/approval", answer)
        return self._wait(phase, "released", ("settled",), told)

    def _wait(self, phase: int, state: str, steps: tuple[str, ...], told: Told) -> Json:
        while True:
            now = self.operator.get(self.path(phase))
            progress: Mapping[str, int] = now["progress"]
            told(sum(progress[step] for step in steps), progress["shards"] * len(steps))
            if now["state"] == state:
                return now
            if now["state"] in ("failed", "refused", "expired"):
                raise UnexpectedAnswerError(f"phase {phase} is {now['state']}: {now['failure'] or now['reason']}")
            time.sleep(0.3)

    def output(self, run: str, name: str) -> bytes:
        """An output file of a run."""
        phase = run.split("-")[1]
        return self.object(f"payments/{self.year}/phase-{phase}/{run}/{name}")

    def object(self, key: str) -> bytes:
        """A file of the output bucket."""
        return bytes(self._s3.get_object(Bucket=self.stack.outputs["OutputBucket"], Key=key)["Body"].read())

    def payments(self, run: str) -> Counter[tuple[str, int]]:
        """Account and cents of every payment in the payment file of a run."""
        rows = csv.DictReader(io.StringIO(self.output(run, "payments.csv").decode()), delimiter=";")
        return Counter((row["iban"], cents_of(row["amount"])) for row in rows)

    def recoveries(self, run: str) -> Counter[int]:
        """Cents of every recovery that a run reports."""
        rows = csv.DictReader(io.StringIO(self.output(run, "recoveries.csv").decode()), delimiter=";")
        return Counter(cents_of(row["recovery"]) for row in rows)

    def dossier(self, number: str) -> Json:
        """The dossier of the person behind a RIZIV number."""
        return self.operator.get(f"/v1/premium-years/{self.year}/practices/{number}")


def _part(boundary: str, name: str, value: str | bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    if isinstance(value, bytes):
        return f'{head}; filename="file.csv"\r\n\r\n'.encode() + value + b"\r\n"
    return f"{head}\r\n\r\n{value}\r\n".encode()
