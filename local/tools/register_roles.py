"""Adds persons who are in groups of the user pool to the register of roles.

    python -m local.tools.register_roles [--stack tegemoet]
    python -m local.tools.register_roles --name "A. Peeters" --apply

For an administrator: it adds the first registrar of a new stack, and everybody who had a role
before the register existed. Without --apply it only prints whom it would add, with which roles.
`--name` is the name of the person who runs the command; the register has the ARN of the caller
beside it. Persons who are in the register stay as they are.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import boto3

from local.cloud.session import ACCESS_KEY, LocalSession
from tegemoet.adapters.clock import SystemClock
from tegemoet.adapters.cloud import Cloud
from tegemoet.application.partners.roles import RolePorts, RoleRequest, change_roles
from tegemoet.application.partners.upgrade import known_roles
from tegemoet.application.records import PERSON_ROLES, Person

OUTPUTS = {"PARTNERS_TABLE": "PartnersTable", "USER_POOL_ID": "UserPoolId"}
"""Variables of a function's environment, by the output of the stack that has their value."""


def main(arguments: Sequence[str] | None = None, session: Any = None) -> int:
    """Print, and with --apply add, everybody in a group who is not in the register."""
    parser = argparse.ArgumentParser(prog="python -m local.tools.register_roles", description=__doc__)
    parser.add_argument("--stack", default="tegemoet")
    parser.add_argument("--name", default="")
    parser.add_argument("--apply", action="store_true", help="add them")
    parser.add_argument("--endpoint", help="of the cloud on this machine")
    asked = parser.parse_args(arguments)
    if asked.apply and not asked.name:
        parser.error("--apply needs --name")
    if session is None:
        session = LocalSession(asked.endpoint, ACCESS_KEY) if asked.endpoint else boto3.Session()
    found = session.client("cloudformation").describe_stacks(StackName=asked.stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found}
    cloud = Cloud({name: outputs[output] for name, output in OUTPUTS.items()}, client=session.client)
    by = Person(session.client("sts").get_caller_identity()["Arn"], asked.name)
    ports = RolePorts(cloud.roles, cloud.people, cloud.role_groups, cloud.registrations, SystemClock())
    members = {role: cloud.role_groups.members(role) for role in PERSON_ROLES}
    found_persons = list(known_roles(members, cloud.roles))
    if not found_persons:
        print("Nobody to add: everybody in a group is in the register of roles.")
    for person, roles in found_persons:
        print(f"{person.subject} {person.name}: {' '.join(sorted(roles))}")
        if asked.apply:
            change_roles(person.subject, RoleRequest(roles), by=by, ports=ports)
    return 0


if __name__ == "__main__":
    sys.exit(main())
