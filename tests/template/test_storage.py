"""Where things are kept: encrypted, private, as
long as they must be, and not gone with the stack.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tegemoet.api.once import KEPT as KEPT_ANSWERS
from tegemoet.schemes import increased_reimbursement
from tests.template.stack import ROOT, Stack, name_of

KEPT = (
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::KMS::Key",
    "AWS::SecretsManager::Secret",
    "AWS::Cognito::UserPool",
)
BUCKETS = ["AccessLogBucket", "BankBucket", "FlowBucket", "HealthBucket", "InboxBucket", "OutputBucket", "WorkBucket"]
TABLES = [
    "ControlTable",
    "DecisionsTable",
    "FactsTable",
    "HealthTable",
    "IdempotencyTable",
    "LedgerTable",
    "PartnersTable",
    "YearsTable",
]


def test_what_was_kept_outlives_the_stack(stack: Stack) -> None:
    for name, resource in stack.resources.items():
        if resource["Type"] in KEPT:
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_the_lists_of_this_file_are_complete(stack: Stack) -> None:
    assert sorted(stack.of("AWS::S3::Bucket")) == BUCKETS
    assert sorted(stack.of("AWS::DynamoDB::Table")) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_recoverable_and_billed_by_use(stack: Stack, name: str) -> None:
    table = stack.of("AWS::DynamoDB::Table")[name]
    key = {"DecisionsTable": "IdentityKey", "FactsTable": "IdentityKey", "HealthTable": "HealthKey"}.get(
        name, "DataKey"
    )
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": [key, "Arn"]},
    }
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}


def test_only_single_decisions_and_answers_kept_for_idempotency_expire(stack: Stack) -> None:
    expiring = {
        name: table["TimeToLiveSpecification"]
        for name, table in stack.of("AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" in table
    }
    assert expiring == {
        "DecisionsTable": {"AttributeName": "expires", "Enabled": True},
        "HealthTable": {"AttributeName": "expires", "Enabled": True},
        "IdempotencyTable": {"AttributeName": "expiration", "Enabled": True},
    }


@pytest.mark.parametrize(("variable", "parameter"), [("DECISION_DAYS", "DecisionDays"), ("HEALTH_DAYS", "HealthDays")])
def test_a_decision_is_kept_for_the_days_of_its_parameter_and_its_answer_too(
    stack: Stack, variable: str, parameter: str
) -> None:
    assert {name for name in stack.functions if variable in stack.environment(name)} == {"api", "decide"}
    for function in ("api", "decide"):
        assert stack.environment(function)[variable] == {"Ref": parameter}
    assert stack.template["Parameters"][parameter]["MaxValue"] <= KEPT_ANSWERS.days


def denials(stack: Stack, bucket: str) -> dict[str, Mapping[str, Any]]:
    """What the policy of a bucket denies in every deployment, by the name of the statement."""
    policy = stack.of("AWS::S3::BucketPolicy")[f"{bucket}Policy"]
    assert "Condition" not in stack.resources[f"{bucket}Policy"]
    found = {part["Sid"]: part for part in policy["PolicyDocument"]["Statement"] if "Sid" in part}
    assert {(part["Effect"], part["Principal"], part["Action"]) for part in found.values()} == {
        ("Deny", "*", "s3:PutObject")
    }
    return found


SSE = "s3:x-amz-server-side-encryption"


@pytest.mark.parametrize(("bucket", "place"), [("InboxBucket", "InboxBucket/in/*"), ("FlowBucket", "FlowBucket/*")])
def test_a_drop_under_another_encryption_is_refused(stack: Stack, bucket: str, place: str) -> None:
    found = denials(stack, bucket)
    # a drop that says nothing gets the bucket's own: each refusal asks whether it says something
    for name, condition in {
        "NoOtherEncryption": {"Null": {SSE: "false"}, "StringNotEquals": {SSE: "aws:kms"}},
        "NoKeyOfTheSender": {"Null": {f"{SSE}-customer-algorithm": "false"}},
        "NoUnnamedKey": {"StringEquals": {SSE: "aws:kms"}, "Null": {f"{SSE}-aws-kms-key-id": "true"}},
    }.items():
        assert found[name]["Condition"] == condition
        assert name_of(found[name]["Resource"]) == place


@pytest.mark.parametrize(
    ("bucket", "name", "key"),
    [("InboxBucket", "RowsUnderTheIdentityKey", "IdentityKey"), ("FlowBucket", "NoOtherKey", "FlowKey")],
)
def test_a_drop_that_names_a_key_names_that_of_its_bucket(stack: Stack, bucket: str, name: str, key: str) -> None:
    denied = denials(stack, bucket)[name]
    assert denied["Condition"] == {
        "Null": {f"{SSE}-aws-kms-key-id": "false"},
        "StringNotEquals": {f"{SSE}-aws-kms-key-id": {"Fn::GetAtt": [key, "Arn"]}},
    }
    if bucket == "InboxBucket":
        assert name_of(denied["NotResource"]) == "InboxBucket/in/*/cases/*"
    else:
        assert name_of(denied["Resource"]) == "FlowBucket/*"


def test_the_intake_is_told_under_which_key_each_kind_of_file_is(stack: Stack) -> None:
    told = {"IDENTITY_KEY_ARN": "IdentityKey", "HEALTH_KEY_ARN": "HealthKey", "EXCHANGE_KEY_ARN": "FlowKey"}
    assert {name: stack.environment("intake")[name] for name in told} == {
        name: {"Fn::GetAtt": [key, "Arn"]} for name, key in told.items()
    }


def test_a_file_of_cases_is_refused_under_any_other_key_than_that_of_health_data(stack: Stack) -> None:
    denied = denials(stack, "InboxBucket")["CasesUnderTheHealthKey"]
    # a request that names no key is one that names another
    assert denied["Condition"] == {
        "StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": {"Fn::GetAtt": ["HealthKey", "Arn"]}}
    }
    # a star stands for slashes too: any partner, any scheme, and no other kind of file
    assert name_of(denied["Resource"]) == "InboxBucket/in/*/cases/*"
    assert stack.environment("api")["HEALTH_KEY_ARN"] == {"Fn::GetAtt": ["HealthKey", "Arn"]}


def test_batches_are_found_by_their_partner(stack: Stack) -> None:
    [index] = stack.of("AWS::DynamoDB::Table")["ControlTable"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by_owner"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["owner", "owner_sk"]


def test_a_change_of_the_ledger_wakes_the_watch_and_an_insert_does_not(stack: Stack) -> None:
    assert stack.of("AWS::DynamoDB::Table")["LedgerTable"]["StreamSpecification"] == {
        "StreamViewType": "NEW_AND_OLD_IMAGES"
    }
    trigger = stack.of("AWS::Lambda::EventSourceMapping")["LedgerWatchTrigger"]
    assert trigger["EventSourceArn"] == {"Fn::GetAtt": ["LedgerTable", "StreamArn"]}
    assert name_of(trigger["FunctionName"]) == "LedgerWatchFunction"
    assert trigger["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName": ["MODIFY", "REMOVE"]}'}]}
    assert trigger["StartingPosition"] == "TRIM_HORIZON"
    assert name_of(trigger["DestinationConfig"]["OnFailure"]["Destination"]) == "LedgerWatchDeadLetters"


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_private_versioned_and_reached_over_tls_only(stack: Stack, name: str) -> None:
    bucket = stack.of("AWS::S3::Bucket")[name]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    # where incomes are, what was deleted has to be gone
    assert bucket.get("VersioningConfiguration") == (None if name == "FlowBucket" else {"Status": "Enabled"})
    [policy] = [policy for policy in stack.of("AWS::S3::BucketPolicy").values() if policy["Bucket"] == {"Ref": name}]
    # the local cloud has no TLS: there this statement is left out
    statements = [
        part["Fn::If"][1] if "Fn::If" in part else part
        for part in policy["PolicyDocument"]["Statement"]
        if "Fn::If" not in part or (part["Fn::If"][0], part["Fn::If"][2]) == ("IsAws", {"Ref": "AWS::NoValue"})
    ]
    assert len(statements) == len(policy["PolicyDocument"]["Statement"])
    [tls] = [part for part in statements if part.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}]
    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", "s3:*")
    assert [name_of(part) for part in tls["Resource"]] == [name, f"{name}/*"]
    # Allowing somebody from outside would be a second way in.
    for statement in statements:
        if statement["Effect"] == "Allow":
            assert set(statement["Principal"]) == {"Service"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("InboxBucket", "IdentityKey"),
        ("OutputBucket", "IdentityKey"),
        ("BankBucket", "IdentityKey"),
        ("WorkBucket", "IdentityKey"),
        ("HealthBucket", "HealthKey"),
        ("FlowBucket", "FlowKey"),
    ],
)
def test_objects_are_under_a_key_of_our_own(stack: Stack, name: str, key: str) -> None:
    [rule] = stack.of("AWS::S3::Bucket")[name]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert name_of(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == key


def expiring(bucket: Mapping[str, Any]) -> dict[str, str]:
    """Prefix -> parameter that says after how many days its objects go."""
    return {
        rule.get("Prefix", ""): rule["ExpirationInDays"]["Ref"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "ExpirationInDays" in rule
    }


def test_each_kind_of_object_is_kept_as_long_as_its_parameter_says(stack: Stack) -> None:
    assert {name: expiring(bucket) for name, bucket in stack.of("AWS::S3::Bucket").items()} == {
        "InboxBucket": {"in/": "DropDays"},
        # parameters/ is not in it: old decisions are replayed with them;
        # nor are runs/ and payments/, which the purge sweeps with their year.
        "WorkBucket": {"batches/": "WorkDays", "facts/": "WorkDays"},
        "OutputBucket": {"out/": "OutputDays"},
        "BankBucket": {},
        "HealthBucket": {"batches/": "WorkDays", "out/": "HealthDays"},
        "FlowBucket": {"": "FlowDays"},
        "AccessLogBucket": {"": "LogDays"},
    }
    for name, bucket in stack.of("AWS::S3::Bucket").items():
        rules = bucket["LifecycleConfiguration"]["Rules"]
        assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)
        if name == "FlowBucket":
            continue  # it has no versions
        # What expired or was overwritten is really gone a month later.
        gone = [
            rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            for rule in rules
            if "NoncurrentVersionExpiration" in rule
        ]
        assert gone
        assert max(gone) <= 30


def test_what_a_waiting_run_needs_outlives_the_wait(stack: Stack) -> None:
    """A phase reads nothing that a lifecycle rule deletes: not after 120 days, not after a year."""
    work = expiring(stack.of("AWS::S3::Bucket")["WorkBucket"])
    assert not [prefix for prefix in work if "runs/".startswith(prefix) or prefix.startswith("runs/")]
    assert stack.template["Parameters"]["ApprovalSeconds"]["Default"] == 30 * 86_400


def test_no_file_of_an_exchange_outlives_its_time_even_without_the_purge(stack: Stack) -> None:
    """Until the end of year X + 6: seven years for what was written on the first
    day of year X. Fewer would delete a file while its exchange can be evaluated.
    """
    days = stack.template["Parameters"]["FlowDays"]
    assert days["AllowedValues"] == [days["Default"]] == [(date(2027, 1, 1) - date(2020, 1, 1)).days]


def test_the_bucket_that_keeps_versions_takes_no_file_of_an_exchange(stack: Stack) -> None:
    refusal = denials(stack, "InboxBucket")["NoFileOfAnExchange"]
    assert name_of(refusal["Resource"]) == f"InboxBucket/in/*/{increased_reimbursement.SCHEME.slug}/*"
    assert "Condition" not in refusal


def test_an_exchange_waits_for_a_party_with_executions_that_each_end_within_a_year(stack: Stack) -> None:
    waits = (ROOT / "functions" / "workflows" / "exchange.asl.json").read_text().count("${WaitSeconds}")
    longest = stack.template["Parameters"]["FlowWaitSeconds"]["MaxValue"]
    assert waits * longest < 365 * 86_400
    assert stack.template["Parameters"]["FlowWaitSeconds"]["Default"] <= longest


def test_what_is_past_its_time_is_purged_every_day(stack: Stack) -> None:
    rule = stack.of("AWS::Events::Rule")["PurgeRule"]
    minute, hour, *every = rule["ScheduleExpression"].removeprefix("cron(").removesuffix(")").split()
    assert (minute.isdigit(), hour.isdigit(), every) == (True, True, ["*", "*", "?", "*"])
    # no input of its own: the event says the day
    assert rule["Targets"] == [{"Id": "purge", "Arn": {"Fn::GetAtt": ["PurgeFunction", "Arn"]}}]
    allowed = stack.of("AWS::Lambda::Permission")["PurgePermission"]
    assert (name_of(allowed["FunctionName"]), name_of(allowed["SourceArn"])) == ("PurgeFunction", "PurgeRule")


def test_keys_are_replaced_yearly_and_open_to_the_account_alone(stack: Stack) -> None:
    for name, key in stack.of("AWS::KMS::Key").items():
        # KMS does not rotate keys for codes
        assert key.get("EnableKeyRotation") is (None if name == "ApprovalKey" else True)
        for statement in key["KeyPolicy"]["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            if set(statement["Principal"]) == {"AWS"}:
                assert statement["Principal"]["AWS"]["Fn::Sub"].endswith(":iam::${AWS::AccountId}:root")
            else:
                assert set(statement["Principal"]) == {"Service"}
                assert "Condition" in statement or statement["Principal"]["Service"] == "cloudwatch.amazonaws.com"


def test_the_first_person_secret_is_version_1(stack: Stack) -> None:
    secret = stack.of("AWS::SecretsManager::Secret")["PersonSecret"]["GenerateSecretString"]
    assert secret["SecretStringTemplate"] == '{"current": "1"}'
    assert secret["GenerateStringKey"] == "1"
    assert secret["PasswordLength"] >= 43  # 256 bits


def test_a_drop_goes_to_the_queue_and_from_there_to_the_intake(stack: Stack) -> None:
    for bucket in ("InboxBucket", "FlowBucket"):
        notifications = stack.of("AWS::S3::Bucket")[bucket]["NotificationConfiguration"]
        assert notifications == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = stack.of("AWS::Events::Rule")["DropRule"]
    assert rule["EventPattern"]["detail"] == {
        "bucket": {"name": [{"Ref": "InboxBucket"}, {"Ref": "FlowBucket"}]},
        "object": {"key": [{"prefix": "in/"}]},
    }
    assert [name_of(target["Arn"]) for target in rule["Targets"]] == ["DropQueue"]
    trigger = stack.of("AWS::Lambda::EventSourceMapping")["IntakeTrigger"]
    assert (name_of(trigger["EventSourceArn"]), name_of(trigger["FunctionName"])) == ("DropQueue", "IntakeFunction")
    assert trigger["BatchSize"] == 1


def test_queues_are_reached_over_tls_only(stack: Stack) -> None:
    [policy] = stack.of("AWS::SQS::QueuePolicy").values()
    assert {queue["Ref"] for queue in policy["Queues"]} == set(stack.of("AWS::SQS::Queue"))
    [(condition, tls, otherwise)] = [
        statement["Fn::If"] for statement in policy["PolicyDocument"]["Statement"] if "Fn::If" in statement
    ]
    assert (condition, otherwise) == ("IsAws", {"Ref": "AWS::NoValue"})
    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", "sqs:*")
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {name_of(queue) for queue in tls["Resource"]} == set(stack.of("AWS::SQS::Queue"))


def test_a_message_is_hidden_longer_than_its_function_may_run(stack: Stack) -> None:
    queue = stack.of("AWS::SQS::Queue")["DropQueue"]
    assert queue["VisibilityTimeout"] > stack.of("AWS::Lambda::Function")["IntakeFunction"]["Timeout"]


def test_every_queue_has_dead_letters_or_is_where_they_lie_and_raises_an_alarm(stack: Stack) -> None:
    watched = {
        name_of(alarm["Dimensions"][0]["Value"])
        for alarm in stack.of("AWS::CloudWatch::Alarm").values()
        if alarm.get("Namespace") == "AWS/SQS"
    }
    for name, queue in stack.of("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True
        if name.endswith("DeadLetters"):
            assert name in watched
        else:
            assert name_of(queue["RedrivePolicy"]["deadLetterTargetArn"]) in watched


def test_a_changed_ledger_raises_an_alarm_for_somebody(stack: Stack) -> None:
    alarm = stack.of("AWS::CloudWatch::Alarm")["LedgerChangedAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"]) == ("Tegemoet", "LedgerChanged", 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    # Powertools adds the name of the service as the only
    # dimension: the alarm has to look for exactly that.
    assert alarm["Dimensions"] == [
        {"Name": "service", "Value": stack.environment("ledger_watch")["POWERTOOLS_SERVICE_NAME"]}
    ]
    assert stack.environment("ledger_watch")["POWERTOOLS_METRICS_NAMESPACE"] == "Tegemoet"


def test_a_run_whose_execution_ended_badly_is_marked(stack: Stack) -> None:
    rule = stack.of("AWS::Events::Rule")["FailedRunRule"]
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["FAILED", "TIMED_OUT", "ABORTED"], "stateMachineArn": [{"Ref": "PhaseWorkflow"}]},
    }
    [target] = rule["Targets"]
    assert name_of(target["Arn"]) == "ReportFunction"
    assert name_of(target["DeadLetterConfig"]["Arn"]) == "RunDeadLetters"
    allowed = stack.of("AWS::Lambda::Permission")["FailedRunPermission"]
    assert (name_of(allowed["FunctionName"]), allowed["SourceArn"]) == (
        "ReportFunction",
        {"Fn::GetAtt": ["FailedRunRule", "Arn"]},
    )
    [retries] = stack.of("AWS::Lambda::EventInvokeConfig").values()
    assert name_of(retries["DestinationConfig"]["OnFailure"]["Destination"]) == "RunDeadLetters"


def test_only_alarms_of_this_account_are_told(stack: Stack) -> None:
    [policy] = stack.of("AWS::SNS::TopicPolicy").values()
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_every_alarm_is_told_to_somebody(stack: Stack) -> None:
    for alarm in stack.of("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_a_failed_workflow_and_a_failing_api_raise_an_alarm(stack: Stack) -> None:
    watched = {
        (alarm["MetricName"], name_of(alarm["Dimensions"][0]["Value"]))
        for alarm in stack.of("AWS::CloudWatch::Alarm").values()
        if "MetricName" in alarm and isinstance(alarm["Dimensions"][0]["Value"], dict)
    }
    for workflow in ("BatchWorkflow", "PhaseWorkflow", "FlowWorkflow"):
        for metric in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"):
            assert (metric, workflow) in watched
    assert ("5XXError", "AWS::StackName") in watched


def test_the_errors_of_every_function_are_watched(stack: Stack) -> None:
    watched: list[str] = []
    for alarm in ("ApiFunctionErrorsAlarm", "WorkFunctionErrorsAlarm", "FlowFunctionErrorsAlarm"):
        metrics = [
            query["MetricStat"]["Metric"]
            for query in stack.of("AWS::CloudWatch::Alarm")[alarm]["Metrics"]
            if "MetricStat" in query
        ]
        # CloudWatch refuses an alarm on more.
        assert len(metrics) <= 10
        watched += [name_of(metric["Dimensions"][0]["Value"]) for metric in metrics]
    assert sorted(watched) == sorted(stack.of("AWS::Lambda::Function"))


def test_every_log_is_encrypted_and_ends_some_day(stack: Stack) -> None:
    groups = stack.of("AWS::Logs::LogGroup")
    for group in groups.values():
        assert group["RetentionInDays"] == {"Ref": "LogDays"}
        assert name_of(group["KmsKeyId"]) == "DataKey"
    names = {group["LogGroupName"]["Fn::Sub"] for group in groups.values()}
    # The group of a function has to be there first, or Lambda makes one that never ends.
    for function in stack.of("AWS::Lambda::Function").values():
        assert f"/aws/lambda/{function['FunctionName']['Fn::Sub']}" in names
