"""The treasury of the made-up year: it takes the files for the bank there, and brings the answers.

The bank is `local.bank`. It answers on the day of the file, and days later with what came back.
"""

import csv
import io
import time
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.bank.answering import Habits, answered
from local.bank.orders import read_orders
from local.opinions.year.play import STUCK_AFTER, Season, UnexpectedAnswerError

Json = dict[str, Any]
PARTNER = "treasury"


class Treasury:
    """The treasurer of a season, and the partner that brings what the bank answers."""

    def __init__(self, season: Season, folder: Path) -> None:
        self.season, self.folder = season, folder
        self.treasurer = season.person("treasurer")
        self.path = f"/v1/premium-years/{season.year}/bank-files"
        self._brought = 0

    def files(self, run: str) -> list[Json]:
        """The files of a run."""
        return [file for file in self.treasurer.get(self.path)["files"] if file["run"] == run]

    def names(self, run: str) -> dict[str, str]:
        """The EndToEndId of each transfer to a practitioner, by RIZIV number (eight digits)."""
        rows = csv.DictReader(io.StringIO(self.season.output(run, "payments.csv").decode()), delimiter=";")
        return {row["payee"]: f"TGM-{row['entry_id']}" for row in rows}

    def fetch(self, file: Json) -> bytes:
        """The bytes of a file, as the treasurer takes it to the bank."""
        link = self.treasurer.post(f"{self.path}/{file['message_id']}/fetches")["link"]
        with urllib.request.urlopen(link["url"], timeout=30) as answer:  # noqa: S310 - 127.0.0.1
            return bytes(answer.read())

    def answers(self, run: str, rejected: Mapping[str, str]) -> dict[str, str]:
        """Take every file of a run to the bank and bring its answers.

        `rejected` = EndToEndId → reason of what it is to reject. Returns what it rejected.
        """
        messages: list[bytes] = []
        told: dict[str, str] = {}
        for file in self.files(run):
            body = self.fetch(file)
            names = {order.end_to_end_id for order in read_orders(body).orders}
            of_file = {name: reason for name, reason in rejected.items() if name in names}
            did = answered(body, seed=self.season.year, habits=Habits(rejects=0, returns=0, rejected=of_file))
            messages += did.files
            told |= {name: reason for name, (reason, _) in did.rejected.items()}
        self.bring(messages)
        return told

    def bring(self, messages: Iterable[bytes]) -> None:
        """Drop messages of the bank, and wait until they are taken in."""
        self._brought += 1
        folder = self.folder / f"answers-{self._brought}"
        place = folder / "in" / PARTNER / "convention-premium" / str(self.season.year) / "bank-answers"
        place.mkdir(parents=True)
        for number, message in enumerate(messages, 1):
            (place / f"answer-{self._brought}-{number}.xml").write_bytes(message)
        self.season.drop(folder)

    def await_returns(self, number: str, returns: int) -> Json:
        """The dossier of a RIZIV number once so many of its payments have come back."""
        started = time.monotonic()
        while True:
            dossier = self.season.dossier(number)
            if sum(entry["kind"] == "return" for entry in dossier["entries"]) >= returns:
                return dossier
            if time.monotonic() - started > STUCK_AFTER:
                raise UnexpectedAnswerError(f"{returns} returns of {number} do not come")
            time.sleep(0.2)
