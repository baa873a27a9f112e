"""python -m local.cloud.emulator: serves until SIGTERM, or until whoever started it is gone."""

import os
import signal
import sys
import threading

from local.cloud.emulator import callbacks, encryption, functions, statements


def stop_with_starter() -> None:
    """Ends this process when its standard input closes:
    a test run that was killed cannot say goodbye.
    """

    def wait() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="starter", daemon=True).start()


def main() -> None:
    functions.use_runtime_client()
    callbacks.follow_aws()
    encryption.follow_aws()
    statements.follow_aws()
    if os.environ.get("STOP_WITH_STARTER") == "1":
        stop_with_starter()
    from ministack.app import main as serve  # noqa: PLC0415 -- reads the corrected modules when imported

    serve()


if __name__ == "__main__":
    main()
