"""Runs Python functions under AWS's own runtime client, in an interpreter like that of Lambda.

The emulator's own worker reports every exception as `Runtime.HandlerError`, so that no Retry or
Catch by name matches; it starts anew after each one, and a function sees the packages and the
environment of the emulator. The emulator has the Runtime API for `provided.*` runtimes; this module
uses it for `python*` too, with `python -m awslambdaric` as bootstrap.
"""

import hashlib
import io
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime as runtime
from ministack.services import lambda_svc as service

from local.cloud.emulator.signatures import require_parameters

# The interpreter of the `lambda` environment.
PYTHON = os.environ.get("LAMBDA_PYTHON", "")
# Unpacked code and layers by content, kept between
# runs: a layer of 60 MB is unpacked and compiled once.
CODE = Path(os.environ.get("LAMBDA_CODE_DIR", tempfile.gettempdir()))
# All that a function sees of the environment of this machine; the last three are its clock.
INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE", "FAKETIME_NO_CACHE")

# Invocations of one function at a time; more wait. Each has a process, and a
# cold start takes a second of one core: without a limit, twenty messages at
# once start twenty processes that slow one another.
AT_ONCE = int(os.environ.get("LAMBDA_CONCURRENCY") or os.cpu_count() or 1)

_unpacking = threading.Lock()
_slots: dict[str, threading.BoundedSemaphore] = {}
_starting = threading.local()


def unpacked(archive: bytes, *, compiled: bool) -> Path:
    """The folder of an archive, which all workers
    share: /var/task and /opt are read-only on AWS too.
    """
    home = CODE / hashlib.sha256(archive).hexdigest()
    with _unpacking:
        if not home.exists():
            CODE.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(dir=CODE))
            with zipfile.ZipFile(io.BytesIO(archive)) as content:
                content.extractall(scratch)
            if compiled:
                # Otherwise every cold start compiles all of it again, which takes seconds.
                subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", scratch], check=False)
            bootstrap = scratch / "bootstrap"
            bootstrap.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m awslambdaric "$_HANDLER"\n')
            bootstrap.chmod(0o755)
            try:
                scratch.rename(home)
            except OSError:  # another local cloud was first
                shutil.rmtree(scratch, ignore_errors=True)
    return home


class PythonWorker(runtime.ProvidedWorker):  # type: ignore[misc]  # the emulator has no types
    def _spawn(self, init_timeout: float | None = None) -> None:
        _starting.layers = [
            str(unpacked(archive, compiled=True) / "python")
            for layer in self.config.get("Layers", [])
            if (archive := service._resolve_layer_zip(layer))
        ]
        try:
            super()._spawn(init_timeout)
        finally:
            _starting.layers = None

    def _build_handler_class(self, generation: int, pending: Any) -> Any:
        handler = super()._build_handler_class(generation, pending)
        # It answers in two writes; without this the second waits 40 ms
        # for the other side's delayed acknowledgement.
        handler.disable_nagle_algorithm = True
        return handler

    def _drain_stderr_bounded(self, first_line_wait: float = 0.01, **limits: float) -> str:
        # The default of 50 ms for a first line is half the time of a function
        # that logs nothing. The runtime client writes its lines before it
        # answers, and the next invocation reads a later one.
        drained: str = super()._drain_stderr_bounded(first_line_wait=first_line_wait, **limits)
        return drained


def use_runtime_client() -> None:
    """Replace the emulator's way of running Python
    functions; RuntimeError where it is not as expected.
    """
    require_parameters(
        service,
        {
            "_provided_runtime_code_dir": ["code_zip"],
            "_provided_worker_env": ["config", "code_dir", "port"],
            "_execute_function_warm": ["func", "event", "request_id"],
            "_execute_function_provided_warm": ["func", "event", "request_id"],
            "_resolve_layer_zip": ["attachment"],
        },
        __name__,
    )
    stock_code, stock_environment = service._provided_runtime_code_dir, service._provided_worker_env
    stock_worker_class, stock_execute = runtime._worker_class_for, service._execute_function_warm

    def code_dir(code_zip: bytes) -> str:
        if getattr(_starting, "layers", None) is None:
            return str(stock_code(code_zip))
        return str(unpacked(code_zip, compiled=False))

    def worker_environment(config: dict[str, Any], code_dir: str, port: int) -> dict[str, str]:
        stock: dict[str, str] = stock_environment(config, code_dir, port)
        layers = getattr(_starting, "layers", None)
        return stock if layers is None else _environment(config, layers, stock)

    def execute(func: dict[str, Any], event: object, request_id: str) -> Any:
        config = func.get("config") or func
        chosen = service._execute_function_provided_warm if _is_python(config) else stock_execute
        with _slots.setdefault(config["FunctionArn"], threading.BoundedSemaphore(AT_ONCE)):
            return chosen(func, event, request_id)

    service._provided_runtime_code_dir = code_dir
    service._provided_worker_env = worker_environment
    service._execute_function_warm = execute
    runtime._worker_class_for = lambda config: PythonWorker if _is_python(config) else stock_worker_class(config)


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _environment(config: dict[str, Any], layers: list[str], stock: dict[str, str]) -> dict[str, str]:
    """What a function of AWS finds in its environment, without that of the emulator."""
    emulators = set(os.environ) - set(service._runtime_env_vars(config)) - set(INHERITED)
    env = {key: value for key, value in stock.items() if key not in emulators or key.startswith(("AWS_", "_"))}
    env.update(
        # A later layer covers an earlier one, as when AWS unpacks them over each other in /opt.
        PYTHONPATH=os.pathsep.join(reversed(layers)),
        # The code folder is shared and may be in use while another worker starts.
        PYTHONDONTWRITEBYTECODE="1",
        TZ=":UTC",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        AWS_EXECUTION_ENV=f"AWS_Lambda_{config['Runtime']}",
        AWS_LAMBDA_INITIALIZATION_TYPE="on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME=f"/aws/lambda/{config['FunctionName']}",
    )
    logging = config.get("LoggingConfig") or {}
    if logging.get("LogFormat") == "JSON":
        env["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        env["AWS_LAMBDA_LOG_LEVEL"] = logging.get("ApplicationLogLevel", "INFO")
    return env
