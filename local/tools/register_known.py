"""Registers the partners that delivered files before registrations existed. For an administrator.

    python -m local.tools.register_known [--stack tegemoet]
    python -m local.tools.register_known --answerable SUB --name "A. Peeters" --apply

Without --apply it only prints what it would register each partner for. `SUB` is the subject of the
person who runs the command, and who answers for these partners until a registrar says otherwise. A
partner that has a registration is left as it is.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import boto3
import orjson

from local.cloud.session import ACCESS_KEY, LocalSession
from tegemoet.adapters.clock import SystemClock
from tegemoet.adapters.cloud import Cloud
from tegemoet.application.partners.grants import Grants
from tegemoet.application.partners.registering import RegistrationRequest, register
from tegemoet.application.partners.upgrade import known_partners
from tegemoet.application.premium_year.plan import complete
from tegemoet.application.records import Batch, Person

OUTPUTS = {"CONTROL_TABLE": "ControlTable", "FACTS_TABLE": "FactsTable", "PARTNERS_TABLE": "PartnersTable"}
"""Variables of a function's environment, by the output of the stack that has their value."""


def main(arguments: Sequence[str] | None = None, session: Any = None) -> int:
    """Print, and with --apply register, every partner that is not registered yet."""
    parser = argparse.ArgumentParser(prog="python -m local.tools.register_known", description=__doc__)
    parser.add_argument("--stack", default="tegemoet")
    parser.add_argument("--answerable", metavar="SUB", default="")
    parser.add_argument("--name", default="")
    parser.add_argument("--apply", action="store_true", help="register them")
    parser.add_argument("--endpoint", help="of the cloud on this machine")
    asked = parser.parse_args(arguments)
    if asked.apply and not (asked.answerable and asked.name):
        parser.error("--apply needs --answerable and --name")
    if session is None:
        session = LocalSession(asked.endpoint, ACCESS_KEY) if asked.endpoint else boto3.Session()
    found = session.client("cloudformation").describe_stacks(StackName=asked.stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found}
    cloud = Cloud({name: outputs[output] for name, output in OUTPUTS.items()}, client=session.client)
    unregistered = _unregistered(cloud, asked.answerable)
    if not unregistered:
        print("No partner to register: each that delivered a complete file is registered.")
    for partner, request in unregistered:
        print(_line(partner, request))
        if asked.apply:
            by = Person(asked.answerable, asked.name)
            register(partner, request, by=by, registrations=cloud.registrations, clock=SystemClock())
    return 0


def _unregistered(cloud: Cloud, answerable: str) -> list[tuple[str, RegistrationRequest]]:
    batches = cloud.batches.all()
    registered = Grants(cloud.registrations.all()).partners
    known = known_partners(batches, _offices(batches, cloud), _insurers(batches, cloud), (answerable,))
    return [(partner, request) for partner, request in known if partner not in registered]


def _offices(batches: Sequence[Batch], cloud: Cloud) -> dict[str, set[str]]:
    """Partner → the tariff offices whose accounts it delivered, by its complete files."""
    offices: dict[str, set[str]] = defaultdict(set)
    used = {batch.id: batch.year for batch in complete(batches) if batch.kind == "tariff-offices" and batch.year}
    for year in set(used.values()):
        for fact in cloud.facts.of_kind(year, "office"):
            if fact.batch in used:
                offices[orjson.loads(fact.body)["partner"]].add(fact.key[0])
    return offices


def _insurers(batches: Sequence[Batch], cloud: Cloud) -> dict[str, set[str]]:
    """Partner → its numbers in the exchanges that it was a party of."""
    insurers: dict[str, set[str]] = defaultdict(set)
    for year in {batch.year for batch in batches if batch.year}:
        exchange = cloud.exchanges.get(year)
        for partner, number in exchange.insurers.items() if exchange else ():
            insurers[partner].add(number)
    return insurers


def _line(partner: str, request: RegistrationRequest) -> str:
    kinds = "its kinds" if request.grants is None else " ".join(f"{g.scheme}/{g.kind}" for g in request.grants)
    authority = " ".join(sorted(request.authority or ())) or "nothing"
    keys = f", keys {' '.join(request.keys)}" if request.keys else ""
    return f"{partner}: {request.profile}, {kinds} from {request.from_year}, authority on {authority}{keys}"


if __name__ == "__main__":
    sys.exit(main())
