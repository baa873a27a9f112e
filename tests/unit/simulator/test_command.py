"""The command that plays histories: what it takes, and what it says of them."""

import pytest

from local.simulator import __main__ as command
from local.simulator.before import __main__ as before
from local.simulator.histories.guards import GUARDS

LINES = (
    "     0 2023-11-20 09:00:00.000000  * register brings practices",
    *(f"{number:6} 2023-11-20 09:00:00.000000 settle-1 dynamodb get_item key" for number in range(1, 31)),
    "    31 2023-11-21 09:00:00.000000  * phase 1 is started",
)


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--seeds", "-3"], ["--seeds", "x"], ["--processes", "0"]])
def test_no_history_is_never_a_success(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert f"'{arguments[1]}' is not a number from 1 on" in capsys.readouterr().err


def test_a_guard_that_is_not_one_is_refused_with_the_command_that_lists_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--without", "nothing"])
    assert "no guard has the name 'nothing': --guards (make simulate GUARDS=1)" in capsys.readouterr().err


@pytest.mark.parametrize("guard", ["a destroyed key leaves its mark", "an approval has a seal"])
def test_histories_without_a_guard_are_of_its_kind(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[str] = []

    def play(kind: str, *_: object) -> bool:
        played.append(kind)
        return False

    monkeypatch.setattr(command, "_play", play)
    assert command.main(["--without", guard]) == 0
    assert command.main(["--without", guard, "--kind", "year"]) == 0
    assert played == [GUARDS[guard].story, "year"]


def test_a_guard_that_no_history_notices_is_said_to_be_noticed_by_its_test() -> None:
    assert command._nothing_broken(None) == command._nothing_broken("an approval has a seal") == "no promise is broken"
    assert "test_a_pharmacy_is_claimed_by_the_first" in command._nothing_broken("a pharmacy is claimed once")


@pytest.mark.parametrize(("step", "first", "last"), [(20, 13, 20), (31, 24, 31), (99, 24, 31), (3, 0, 3)])
def test_events_are_told_with_the_last_calls_before_the_break(step: int, first: int, last: int) -> None:
    numbers = [int(line.split()[0]) for line in command._told(LINES, step)]
    assert numbers == sorted({0, 31, *range(first, last + 1)})


def test_the_command_of_a_whole_history_names_its_kind_and_guard() -> None:
    assert command._command("year", 7, None) == "make simulate KIND=year SEED=7"
    assert command._command("exchange", 1, "a b") == 'make simulate KIND=exchange SEED=1 WITHOUT="a b"'


def test_a_shallow_clone_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(before, "is_known", lambda: False)
    assert before.main([]) == before.main(["--search", "5"]) == 1
    assert "git fetch --unshallow" in capsys.readouterr().err
