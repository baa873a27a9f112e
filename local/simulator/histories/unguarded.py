"""A plugin of pytest: tests of a product that lacks a guard, which one of them must notice.

python -m pytest -p local.simulator.histories.unguarded --without-guard NAME tests/…
"""

from contextlib import ExitStack

import pytest

from local.simulator.histories.guards import without_guard


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-guard", required=True, metavar="NAME")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Take the guard away before anything of the tests is imported."""
    removed = ExitStack()
    removed.enter_context(without_guard(early_config.known_args_namespace.without_guard))
    early_config.add_cleanup(removed.close)
