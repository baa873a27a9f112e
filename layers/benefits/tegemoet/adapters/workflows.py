"""State machines of Step Functions."""

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_stepfunctions import SFNClient


class StepFunctions:
    """State machines by name (`batch`, `phase`, `exchange`). `arns` = name → ARN."""

    def __init__(self, client: "SFNClient", arns: "Mapping[str, str]") -> None:
        self._client, self._arns = client, arns

    def start(self, workflow: str, name: str, payload: "Mapping[str, object]") -> None:
        try:
            self._client.start_execution(
                stateMachineArn=self._arns[workflow], name=name, input=orjson.dumps(dict(payload)).decode()
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def answer(self, token: str, payload: "Mapping[str, object]") -> bool:
        gone = (
            self._client.exceptions.TaskDoesNotExist,
            self._client.exceptions.TaskTimedOut,
            self._client.exceptions.InvalidToken,
        )
        try:
            self._client.send_task_success(taskToken=token, output=orjson.dumps(dict(payload)).decode())
        except gone:
            return False
        return True

    def redrive(self, workflow: str, name: str) -> None:
        """Resume a failed execution at the state that failed.

        No emulator supports this; a new execution has the same effect.
        """
        arn = self._arns[workflow].replace(":stateMachine:", ":execution:")
        self._client.redrive_execution(executionArn=f"{arn}:{name}")
