"""Other functions of the application, called through Lambda."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

import orjson

from tegemoet.application.premium_year.approval import Answer
from tegemoet.application.premium_year.recoveries import Recovered
from tegemoet.application.premium_year.returns import Returned
from tegemoet.domain.problems import (
    ConflictError,
    Fault,
    InvalidError,
    NoPremiumForYearError,
    NotFoundError,
    NotPermittedError,
    ProblemError,
)


class NotClosedError(Exception):
    """The function `settle` failed and put no CLOSE entry; carries the year."""


class NotReturnedError(Exception):
    """The function `settle` failed; carries the file or the year of the payments."""


class NotAnsweredError(Exception):
    """The function `approve` failed; carries the run."""


class Lambda(Protocol):
    """What is used of boto3's client."""

    def invoke(self, **call: str | bytes) -> Mapping[str, Any]: ...


class SettleFunction:
    """The function `settle`, named `name`: the only one that may write to the ledger."""

    def __init__(self, client: Lambda, name: str) -> None:
        self._client, self._name = client, name

    def close(self, year: int) -> None:
        """Put the CLOSE entry of the year. Raises NotClosedError."""
        if not self._call({"action": "close", "year": year}):
            raise NotClosedError(year)

    def withdraw(self, run: str, message_id: str) -> None:
        """Return the payments of a file that was withdrawn. Raises NotReturnedError."""
        if not self._call({"action": "withdraw", "run": run, "message_id": message_id}):
            raise NotReturnedError(message_id)

    def write_returns(self, year: int, returned: Sequence[Returned]) -> None:
        """Return these payments, which the bank did not make. Raises NotReturnedError."""
        if not self._call({"action": "return", "year": year, "returned": [asdict(each) for each in returned]}):
            raise NotReturnedError(year)

    def write_recovered(self, year: int, recovered: Sequence[Recovered]) -> None:
        """Write what came back of these payments. Raises NotReturnedError."""
        if not self._call({"action": "recover", "year": year, "recovered": [asdict(each) for each in recovered]}):
            raise NotReturnedError(year)

    def _call(self, call: Mapping[str, object]) -> bool:
        """Whether the function did what it was asked to do."""
        answer = self._client.invoke(FunctionName=self._name, Payload=orjson.dumps(call))
        return "FunctionError" not in answer


class BankFunction:
    """The function `bank`, named `name`, which takes in what the bank answered."""

    def __init__(self, client: Lambda, name: str) -> None:
        self._client, self._name = client, name

    def take_answers(self, year: int) -> None:
        """Let the answers of the year be taken in; Lambda calls it again where it fails."""
        self._client.invoke(FunctionName=self._name, InvocationType="Event", Payload=orjson.dumps({"year": year}))


_PROBLEMS: Mapping[str, type[ProblemError]] = {
    kind.__name__: kind for kind in (ConflictError, InvalidError, NotFoundError, NotPermittedError)
}


class ApproveFunction:
    """The function `approve`, named `name`: the only one that can seal an approval."""

    def __init__(self, client: Lambda, name: str) -> None:
        self._client, self._name = client, name

    def answer(self, answer: Answer, subject: str) -> str:
        """Answer a run for the person `subject`. Returns the id of the run.

        Raises as `answer_run` does, and NotAnsweredError when the function failed.
        """
        payload = orjson.dumps({**asdict(answer), "subject": subject})
        response = self._client.invoke(FunctionName=self._name, Payload=payload)
        if "FunctionError" in response:
            raise NotAnsweredError(answer.run)
        result = orjson.loads(response["Payload"].read())
        if "problem" not in result:
            return str(result["run"])
        if result["problem"] == NoPremiumForYearError.__name__:
            raise NoPremiumForYearError(result["year"])
        faults = tuple(Fault(path, code) for path, code in result["faults"])
        raise _PROBLEMS[result["problem"]](result["detail"], result["code"], faults)
