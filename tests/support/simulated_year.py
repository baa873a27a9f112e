"""A premium year over the real adapters on a simulated AWS."""

from local.simulator.world import World as Simulated
from tegemoet.adapters.cloud import Cloud
from tegemoet.application.records import RoleChange
from tests.support.fakes.partners import LONG_AGO, REGISTRAR
from tests.support.premium_world import World


def world_on(simulated: Simulated) -> World:
    """The world of a premium year, with one approver."""
    cloud = Cloud(simulated.environ, client=simulated.client)
    simulated.people.add("approver", "An Approver", "approver")
    cloud.roles.append(RoleChange("approver", 1, "An Approver", frozenset({"approver"}), None, LONG_AGO, REGISTRAR))
    return World(
        work=cloud.work,
        output=cloud.output,
        facts=cloud.facts,
        batches=cloud.batches,
        registrations=cloud.registrations,
        runs=cloud.runs,
        decisions=cloud.ordinary_decisions,
        ledger=cloud.ledger,
        people=cloud.people,
        roles=cloud.roles,
        seal=cloud.approval_seal,
    )
