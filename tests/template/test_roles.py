"""Every role may do what its function does, and nothing else."""

import pytest

from tegemoet.schemes.convention_premium import SLUG
from tests.template.stack import KEYS_ALONE, ROOT, Right, Stack, as_list, name_of

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))

CHANGING = ("Put", "Update", "Delete", "BatchWrite", "PartiQL", "Start", "SendTask", "Invoke", "Abort")
CHANGING_GROUPS = ("AdminAdd", "AdminRemove")
# What each function may change, said a second time: the template is held to it.
# docs/explanation/architecture.md says it in words.
MAY_CHANGE = {
    "api": {
        "DecisionsTable",
        "HealthTable",
        "ControlTable",
        "IdempotencyTable",
        "InboxBucket/in/*",
        "FlowBucket/in/*",
        "WorkBucket/parameters/*",
    },
    "operations": {
        "ControlTable",
        "YearsTable",
        "PartnersTable",
        "IdempotencyTable",
        "UserPool",
        "phase",
        "flow",
        "SettleFunction",
        "BankFunction",
        "ApproveFunction",
    },
    "approve": {"YearsTable", "phase"},
    "authorizer": set(),
    "intake": {
        "ControlTable",
        "YearsTable",
        "WorkBucket/batches/*",
        "WorkBucket/facts/*",
        "HealthBucket/batches/*",
        "FlowBucket/batches/*",
        "FlowBucket/in/*",
        "FlowBucket/flows/*/keys/*",
        "batch",
        "flow",
        "DropQueue",
    },
    "store": {"FactsTable", "WorkBucket/batches/*/results/*"},
    "decide": {
        "DecisionsTable",
        "HealthTable",
        "WorkBucket/batches/*",
        "WorkBucket/parameters/*",
        "HealthBucket/batches/*",
    },
    "conclude": {
        "ControlTable",
        "YearsTable",
        "OutputBucket/out/*",
        "HealthBucket/out/*",
        "FlowBucket/out/*",
        # late incomes, and the key that they were sealed under
        "FlowBucket/in/*",
        "FlowBucket/batches/*",
        "FlowBucket/flows/*/keys/*",
        "FlowBucket/flows/*/sealed/*",
        "EventBus",
        "flow",
    },
    "bank": {"YearsTable", "SettleFunction"},
    "freeze": {
        "WorkBucket/runs/*/batches.json",
        "WorkBucket/runs/*/numbers/*",
        "WorkBucket/runs/*/pharmacies.json",
    },
    "evaluate": {"DecisionsTable", "WorkBucket/runs/*", "WorkBucket/parameters/*"},
    "report": {
        "YearsTable",
        "WorkBucket/runs/*",
        "OutputBucket/payments/*",
        "BankBucket/payments/*",
        "OutputBucket/out/*",
        "EventBus",
    },
    "settle": {"LedgerTable", "WorkBucket/runs/*/settled/*"},
    "exchange": {"ControlTable", "FlowBucket/flows/*", "FlowBucket/out/*", "flow"},
    "answer": {
        "ControlTable",
        "FlowBucket/in/*",
        "FlowBucket/batches/*",
        "FlowBucket/flows/*",
        "FlowBucket/out/*",
    },
    "purge": {
        "ControlTable",
        "YearsTable",
        "FlowBucket/in/*",
        "FlowBucket/batches/*",
        "FlowBucket/flows/*",
        "FlowBucket/out/*",
        "WorkBucket/runs/*",
        "OutputBucket/payments/*",
        "BankBucket/payments/*",
        "FactsTable",
        "DecisionsTable",
    },
    "ledger_watch": set(),
}
# Who handles what names a person: raw drops, files out,
# stored cases. The others cannot decrypt any of it.
SEES_IDENTITIES = {
    "api",
    # reads which entries a transfer pays, which lie with the run, and answers among the facts
    "bank",
    "operations",
    # reads the plan of a run, which lies with the run, and nothing else of it
    "approve",
    "intake",
    "store",
    "decide",
    "conclude",
    "freeze",
    "evaluate",
    "report",
    "settle",
    "purge",
}
# Objects that a function reads of a folder whose other objects it must not see.
ONE_OBJECT = {
    "batches/*/manifest.json",
    "runs/*/batches.json",
    "runs/*/pharmacies.json",
    "runs/*/proposed.json",
    "runs/*/proposed/*/proposal.json",
    "runs/*/proposed/*/transfer-entries.jsonl",
    "runs/*/released.json",
    "runs/*/released/*/bank-files.json",
    "runs/*/evaluated/*.json",
    "runs/*/evaluated/*/payments.jsonl",
    "runs/*/evaluated/*/recoveries.jsonl",
}
# Who handles health data; nobody else comes near their key, table or bucket.
SEES_HEALTH_DATA = {"api", "intake", "decide", "conclude"}
# Who handles files of an exchange between insurers and the
# tax office; the purge deletes them without reading.
SEES_EXCHANGES = {"api", "intake", "conclude", "exchange", "answer"}
# Who can read an income: takes it in, or makes a code of it.
SEES_INCOMES = {"intake", "answer"}
MANAGED_BY_AWS = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}


def changing(right: Right) -> bool:
    return right.action.partition(":")[2].startswith((*CHANGING, *CHANGING_GROUPS))


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_a_function_may_change_what_it_has_to_and_nothing_else(stack: Stack, function: str) -> None:
    assert {right.on for right in stack.rights_of(function) if changing(right)} - {
        "LedgerWatchDeadLetters"
    } == MAY_CHANGE[function]


def test_the_purge_only_deletes_and_never_in_the_ledger(stack: Stack) -> None:
    """Whoever could put where it deletes could forge an approval or a fact."""
    rights = [right for right in stack.rights_of("purge") if changing(right)]
    assert {right.action for right in rights} == {"s3:DeleteObject", "dynamodb:DeleteItem"}
    assert not [right for right in stack.rights_of("purge") if right.owner == "LedgerTable"]


def test_every_function_is_in_the_list_above(stack: Stack) -> None:
    assert set(MAY_CHANGE) == set(stack.functions)


def test_no_right_is_on_everything_but_how_logs_are_delivered(stack: Stack) -> None:
    wide = {
        right.action
        for role in stack.of("AWS::IAM::Role")
        for right in stack.rights(role)
        if right.on == "*" or right.on.startswith("arn:aws:s3:::*")
    }
    assert wide
    assert all(action.startswith("logs:") for action in wide)


def test_no_right_is_for_every_action_of_a_service(stack: Stack) -> None:
    actions = {right.action for role in stack.of("AWS::IAM::Role") for right in stack.rights(role)}
    assert not {action for action in actions if "*" in action}


def test_objects_are_reached_below_a_prefix_only(stack: Stack) -> None:
    for role in stack.of("AWS::IAM::Role"):
        for right in stack.rights(role):
            if right.action.startswith("s3:") and "Object" in right.action:
                bucket, _, prefix = right.on.partition("/")
                assert bucket.endswith("Bucket")
                assert prefix.rstrip("*").endswith("/") or prefix in ONE_OBJECT, right


def test_only_two_policies_of_aws_itself_are_used(stack: Stack) -> None:
    for name, role in stack.of("AWS::IAM::Role").items():
        if name != "ApiAccountRole":
            assert {arn for arn in role.get("ManagedPolicyArns", []) if isinstance(arn, str)} <= MANAGED_BY_AWS


def test_nobody_may_replace_change_or_remove_an_entry_of_the_ledger(stack: Stack) -> None:
    on_ledger = {
        (role, right.action)
        for role in stack.of("AWS::IAM::Role")
        for right in stack.rights(role)
        if right.owner in ("LedgerTable", "ledger")
    }
    reading = {f"dynamodb:{verb}" for verb in ("GetItem", "Query", "GetRecords", "GetShardIterator", "DescribeStream")}
    reading |= {"dynamodb:ListStreams"}
    assert {(role, action) for role, action in on_ledger if action not in reading} == {
        ("SettleFunctionRole", "dynamodb:PartiQLInsert")
    }


def test_the_ledger_itself_refuses_changes_to_everybody(stack: Stack) -> None:
    [statement] = stack.of("AWS::DynamoDB::Table")["LedgerTable"]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert "Condition" not in statement
    # a transaction requires the right of each of its actions
    refused = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete"}
    assert {action.removeprefix("dynamodb:") for action in statement["Action"]} == refused


def test_partners_cannot_come_near_the_ledger_a_year_or_a_phase(stack: Stack) -> None:
    """Years, runs and approvals lie in a table that what partners call cannot write."""
    away = ("LedgerTable", "FactsTable", "YearsTable", "phase")
    assert not {
        right for function in ("api", "authorizer") for right in stack.rights_of(function) if right.owner in away
    }
    assert not {name for name in ("api", "authorizer") if "YEARS_TABLE" in stack.environment(name)}


def test_a_run_is_written_by_those_who_start_report_and_settle_it(stack: Stack) -> None:
    """The intake begins a year, and the end of a batch records late facts."""
    rights = {
        function: {
            right.action.removeprefix("dynamodb:") for right in stack.rights_of(function) if right.on == "YearsTable"
        }
        for function in stack.functions
    }
    assert {function: actions for function, actions in rights.items() if actions} == {
        "operations": {"GetItem", "PutItem", "UpdateItem", "Query"},
        "intake": {"GetItem", "PutItem"},
        "conclude": {"GetItem", "UpdateItem"},
        "freeze": {"GetItem", "Query"},
        "report": {"GetItem", "UpdateItem", "Query"},
        # exceptions about answers of the bank
        "bank": {"Query", "UpdateItem"},
        # who withdrew a file for the bank
        "settle": {"GetItem", "Query"},
        "approve": {"GetItem", "UpdateItem", "Query"},
        # a year that is past its time
        "purge": {"GetItem", "Query", "DeleteItem"},
    }


def test_who_plans_a_run_lists_files_of_premium_years_and_reads_none(stack: Stack) -> None:
    """The plan waits for what lies in the inbox: the names and moments of versions are enough."""
    rights = {right for right in stack.rights_of("freeze") if right.owner == "InboxBucket"}
    assert rights == {Right("s3:ListBucketVersions", "InboxBucket")}
    only = {"StringLike": {"s3:prefix": f"in/*/{SLUG}/*"}}
    assert stack.conditions("freeze", "InboxBucket", "s3:ListBucketVersions") == [only]


def test_an_approval_is_sealed_by_one_function_and_verified_by_those_that_pay(stack: Stack) -> None:
    rights = {
        function: {right.action for right in stack.rights_of(function) if right.on == "ApprovalKey"}
        for function in stack.functions
    }
    assert {function: actions for function, actions in rights.items() if actions} == {
        "approve": {"kms:GenerateMac"},
        "settle": {"kms:VerifyMac"},
        "report": {"kms:VerifyMac"},
    }
    key = stack.of("AWS::KMS::Key")["ApprovalKey"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")


def test_the_key_of_approvals_itself_lets_nobody_else_seal_one(stack: Stack) -> None:
    statements = stack.of("AWS::KMS::Key")["ApprovalKey"]["KeyPolicy"]["Statement"]
    [refusal] = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert (refusal["Principal"], refusal["Resource"]) == ("*", "*")
    assert set(refusal["Action"]) == {"kms:GenerateMac", "kms:CreateGrant"}
    role = stack.role_of("approve")
    assert "RoleName" not in stack.of("AWS::IAM::Role")[role]
    assert {pattern["Fn::Sub"] for pattern in refusal["Condition"]["ArnNotLike"]["aws:PrincipalArn"]} == {
        f"arn:${{AWS::Partition}}:{place}/${{AWS::StackName}}-{role}-*"
        for place in ("iam::${AWS::AccountId}:role", "sts::${AWS::AccountId}:assumed-role")
    }


def test_accounts_of_persons_are_read_by_those_who_must_know_an_approver(stack: Stack) -> None:
    rights = {
        function: {right.action for right in stack.rights_of(function) if right.on == "UserPool"}
        for function in stack.functions
    }
    assert {function: actions for function, actions in rights.items() if actions} == {
        "operations": {
            "cognito-idp:ListUsersInGroup",
            "cognito-idp:AdminGetUser",
            "cognito-idp:AdminListGroupsForUser",
            # the one function that changes roles in the register, too
            "cognito-idp:AdminAddUserToGroup",
            "cognito-idp:AdminRemoveUserFromGroup",
        },
        "approve": {"cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"},
    }


def test_an_approval_is_asked_for_by_the_function_of_operators_alone(stack: Stack) -> None:
    callers = {
        function
        for function in stack.functions
        for right in stack.rights_of(function)
        if right == Right("lambda:InvokeFunction", "ApproveFunction")
    }
    assert callers == {"operations"}


def test_registrations_roles_and_accounts_are_only_added_by_one_function(stack: Stack) -> None:
    rights = {
        (function, right.action.removeprefix("dynamodb:"))
        for function in stack.functions
        for right in stack.rights_of(function)
        if right.owner == "PartnersTable"
    }
    assert rights == {
        *(
            (function, "Query")
            for function in ("api", "conclude", "decide", "exchange", "freeze", "intake", "operations", "report")
        ),
        *((function, "Query") for function in ("approve", "authorizer")),
        ("operations", "PutItem"),
    }


@pytest.mark.parametrize(
    ("function", "partitions"),
    [
        *((function, ["registrations"]) for function in ("api", "conclude", "decide", "exchange", "intake")),
        ("authorizer", ["roles"]),
        ("freeze", ["registrations", "roles"]),
        ("report", ["debtor-accounts"]),
    ],
)
def test_who_needs_a_part_of_the_register_reads_nothing_else_of_it(
    stack: Stack, function: str, partitions: list[str]
) -> None:
    only = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": partitions}}
    assert stack.conditions(function, "PartnersTable", "dynamodb:Query") == [only]


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_only_who_handles_what_names_a_person_can_decrypt_it(stack: Stack, function: str) -> None:
    keys = {right.on for right in stack.rights_of(function) if right.action == "kms:Decrypt"}
    assert ("IdentityKey" in keys) == (function in SEES_IDENTITIES)


def test_a_release_reads_answers_of_the_bank_and_no_other_fact(stack: Stack) -> None:
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#answers"]}}
    assert stack.conditions("report", "FactsTable", "dynamodb:Query") == [only]
    assert {right.action for right in stack.rights_of("report") if right.owner == "FactsTable"} == {"dynamodb:Query"}
    assert {right.action for right in stack.rights_of("report") if right.owner == "ControlTable"} == {"dynamodb:Query"}


def test_the_purge_reads_no_fact_and_no_decision(stack: Stack) -> None:
    for table in ("FactsTable", "DecisionsTable"):
        assert stack.conditions("purge", table, "dynamodb:Query") == [KEYS_ALONE]
        [deleting] = stack.conditions("purge", table, "dynamodb:DeleteItem")
        assert deleting == {"StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}


def test_what_partners_call_reads_and_makes_no_decision_of_a_run(stack: Stack) -> None:
    own = {"ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": ["*#*"]}}
    for action in ("dynamodb:GetItem", "dynamodb:PutItem"):
        assert stack.conditions("api", "DecisionsTable", action) == [own]
    on_table = {right.action for right in stack.rights_of("api") if right.owner == "DecisionsTable"}
    assert on_table == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert not {right.on for right in stack.rights_of("api") if right.on.startswith("WorkBucket/runs")}


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_only_who_handles_health_data_has_any_right_on_their_key_table_or_bucket(stack: Stack, function: str) -> None:
    owners = {right.owner for right in stack.rights_of(function)}
    assert ("HealthKey" in owners) == (function in SEES_HEALTH_DATA)
    if function not in SEES_HEALTH_DATA:
        assert not owners & {"HealthTable", "HealthBucket"}
        assert not [name for name in stack.environment(function) if name.startswith("HEALTH_")]


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_only_who_handles_an_exchange_has_any_right_on_its_key_or_bucket(stack: Stack, function: str) -> None:
    owners = {right.owner for right in stack.rights_of(function)}
    assert ("FlowKey" in owners) == (function in SEES_EXCHANGES)
    assert ("FlowBucket" in owners) == (function in SEES_EXCHANGES | {"purge"})


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_only_the_intake_and_who_makes_the_codes_can_use_the_key_of_the_incomes(stack: Stack, function: str) -> None:
    rights = {right.action for right in stack.rights_of(function) if right.owner == "IncomeKey"}
    assert rights == ({"kms:Decrypt", "kms:GenerateDataKey"} if function in SEES_INCOMES else set())
    assert ("INCOME_KEY_ARN" in stack.environment(function)) == (function in SEES_INCOMES)


def test_the_key_of_the_incomes_itself_refuses_everybody_else(stack: Stack) -> None:
    """By the beginning of the names that CloudFormation gives to their roles,
    which have no name of their own in the template.
    """
    statements = stack.of("AWS::KMS::Key")["IncomeKey"]["KeyPolicy"]["Statement"]
    [refusal] = [statement for statement in statements if statement["Effect"] == "Deny"]
    assert (refusal["Principal"], refusal["Resource"]) == ("*", "*")
    assert {"kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:CreateGrant"} <= set(refusal["Action"])
    roles = [stack.role_of(function) for function in SEES_INCOMES]
    assert not [role for role in roles if "RoleName" in stack.of("AWS::IAM::Role")[role]]
    [(operator, [(name, patterns)])] = [(key, list(value.items())) for key, value in refusal["Condition"].items()]
    assert (operator, name) == ("ArnNotLike", "aws:PrincipalArn")
    assert {pattern["Fn::Sub"] for pattern in patterns} == {
        f"arn:${{AWS::Partition}}:{place}/${{AWS::StackName}}-{role}-*"
        for role in roles
        for place in ("iam::${AWS::AccountId}:role", "sts::${AWS::AccountId}:assumed-role")
    }


def test_a_raw_income_is_read_by_the_intake_alone(stack: Stack) -> None:
    readers = {
        function
        for function in stack.functions
        for right in stack.rights_of(function)
        if right.action.startswith("s3:Get") and right.on == "FlowBucket/in/*"
    }
    assert readers == {"intake"}


def test_a_decision_on_health_data_is_only_read_and_put(stack: Stack) -> None:
    on_table = {
        (function, right.action)
        for function in stack.functions
        for right in stack.rights_of(function)
        if right.owner == "HealthTable"
    }
    assert on_table == {
        (function, f"dynamodb:{verb}") for function in ("api", "decide") for verb in ("GetItem", "PutItem")
    }


def test_the_secrets_of_the_person_keys_are_for_the_intake_alone(stack: Stack) -> None:
    readers = {
        function
        for function in stack.functions
        for right in stack.rights_of(function)
        if right == Right("secretsmanager:GetSecretValue", "PersonSecret")
    }
    assert readers == {"intake"}


@pytest.mark.parametrize("function", sorted(MAY_CHANGE))
def test_a_function_is_told_the_names_of_what_it_may_use(stack: Stack, function: str) -> None:
    told = {
        name_of(value)
        for name, value in stack.environment(function).items()
        if name.endswith(("_TABLE", "_BUCKET", "_SECRET_ARN")) and isinstance(value, dict)
    }
    used = {right.owner for right in stack.rights_of(function) if right.owner.endswith(("Table", "Bucket", "Secret"))}
    # It reads the stream that wakes it, and never the table.
    assert told == used - ({"LedgerTable"} if function == "ledger_watch" else set())


@pytest.mark.parametrize("workflow", ["Batch", "Phase", "Flow"])
def test_a_workflow_may_run_its_functions_and_nothing_else(stack: Stack, workflow: str) -> None:
    machine = stack.of("AWS::StepFunctions::StateMachine")[f"{workflow}Workflow"]
    given = {value["Fn::GetAtt"][0] for value in machine["DefinitionSubstitutions"].values() if "Fn::GetAtt" in value}
    rights = {right for right in stack.rights(f"{workflow}WorkflowRole") if not right.action.startswith("logs:")}
    assert rights == {Right("lambda:InvokeFunction", function) for function in given}


def test_who_is_trusted_with_a_role_is_one_service(stack: Stack) -> None:
    for role in stack.of("AWS::IAM::Role").values():
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert len(as_list(statement["Principal"]["Service"])) == 1
        assert set(statement["Principal"]) == {"Service"}


def test_an_approval_reads_nothing_of_a_run_but_its_plan(stack: Stack) -> None:
    read = {right.on for right in stack.rights_of("approve") if right.action == "s3:GetObject"}
    assert read == {"WorkBucket/runs/*/batches.json"}
