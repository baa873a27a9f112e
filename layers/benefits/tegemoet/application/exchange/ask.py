"""Pro_02: the persons whose income is asked, each once, in an order that hides households."""

from typing import TypedDict

from tegemoet.application.exchange.folder import ExchangeFolder
from tegemoet.application.exchange.records import Selected, Sending, WorkInputs, sum_selections
from tegemoet.application.files import csv_text
from tegemoet.application.ports import Exchanges, Objects
from tegemoet.application.records import SelectNote, Step


class Reached(TypedDict):
    """The step that an exchange is at once a work is done."""

    step: Step


def ask_shard(year: int, sending: Sending, shard: int, *, objects: Objects) -> dict[str, int]:
    """Write the persons of one shard whose income is asked. Returns their number."""
    folder = ExchangeFolder(objects, year)
    persons = {insz for _, needed in folder.needed_by_shard(sending, shard) for insz, _request in needed.read()}
    folder.asked(sending, shard).write(persons)
    return {"shard": shard, "asked": len(persons)}


def write_asked(folder: ExchangeFolder, sending: Sending, tax_office: str) -> int:
    """Write the list for the tax office. Returns the number of persons in it."""
    asked = 0
    with folder.output(tax_office, f"pro_02-{sending}.csv") as sink:
        sink.write(csv_text([("insz",)]).encode())
        for shard in folder.shards:
            lines = folder.asked(sending, shard).raw()
            asked += lines.count(b"\n")
            sink.write(lines)
    return asked


def ask(year: int, *, objects: Objects, exchanges: Exchanges) -> Reached:
    """Hand over the first list and the excluded households, then wait for incomes."""
    folder = ExchangeFolder(objects, year)
    inputs = folder.inputs("households").read()
    if not folder.selected().exists():
        _hand_over(folder, inputs)
    outcome = folder.selected().read()
    in_time = folder.figures.in_time("select", inputs.on)
    exchanges.advance(year, "select", "incomes-1", SelectNote(inputs.on, in_time, outcome.asked, outcome.insurers))
    return {"step": "incomes-1"}


def _hand_over(folder: ExchangeFolder, inputs: WorkInputs) -> None:
    asked = write_asked(folder, 1, inputs.tax_office)
    with folder.outputs(inputs.insurers, "excluded.csv") as sinks:
        for sink in sinks.values():
            sink.write(csv_text([("request_number", "reason")]).encode())
        for shard in folder.shards:
            for household in folder.excluded(shard).read():
                rows = [(household["request_number"], reason) for reason in household["reasons"]]
                sinks[household["partner"]].write(csv_text(rows).encode())
    counts = sum_selections(folder.selection_counts(shard).read() for shard in folder.shards)
    folder.selected().write(Selected(asked, counts))
