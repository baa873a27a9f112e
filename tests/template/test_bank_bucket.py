"""Files for the bank: few functions reach them, and nobody changes or unlocks one."""

from tests.template.stack import Right, Stack

READ, WRITE = {"s3:GetObject"}, {"s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"}
REACHED = {
    "operations": {"BankBucket/payments/*": READ},
    "report": {"BankBucket/payments/*": WRITE, "BankBucket": {"s3:ListBucket"}},
    "purge": {"BankBucket/payments/*": {"s3:DeleteObject"}, "BankBucket": {"s3:ListBucket"}},
}
"""What each function may do with the bucket and the files in it."""
UNLOCKING = ("Retention", "LegalHold", "ObjectLock", "Bypass")


def rights_of_roles(stack: Stack) -> dict[str, set[Right]]:
    """The rights of every role, those of workflows too."""
    return {role: stack.rights(role) for role in stack.of("AWS::IAM::Role")}


def test_only_who_makes_fetches_or_deletes_a_file_reaches_the_bucket(stack: Stack) -> None:
    found: dict[str, dict[str, set[str]]] = {}
    for role, rights in rights_of_roles(stack).items():
        for right in rights:
            if right.action.startswith("s3:") and right.owner in ("BankBucket", "*"):
                found.setdefault(role, {}).setdefault(right.on, set()).add(right.action)
    assert found == {stack.role_of(function): reached for function, reached in REACHED.items()}


def test_only_who_reaches_the_bucket_knows_its_name(stack: Stack) -> None:
    told = {name for name in stack.functions if "BANK_BUCKET" in stack.environment(name)}
    assert told == set(REACHED)
    for name in told:
        assert stack.environment(name)["BANK_BUCKET"] == {"Ref": "BankBucket"}


def test_nobody_has_a_right_on_a_lock(stack: Stack) -> None:
    for role, rights in rights_of_roles(stack).items():
        actions = {right.action for right in rights}
        assert not [action for action in actions if any(word in action for word in UNLOCKING)], role
        # what names every action, or deletes a version, would be one too
        assert not actions & {"*", "s3:*", "s3:Put*", "s3:Delete*", "s3:DeleteObjectVersion"}, role


def test_every_file_is_locked_from_the_moment_it_is_written(stack: Stack) -> None:
    bucket = stack.of("AWS::S3::Bucket")["BankBucket"]
    assert "Condition" not in stack.resources["BankBucket"]
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": {"Ref": "BankLock"}, "Days": {"Ref": "BankLockDays"}}},
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, "S3 locks versions"
    locked = [name for name, other in stack.of("AWS::S3::Bucket").items() if "ObjectLockEnabled" in other]
    assert locked == ["BankBucket"]


def test_a_body_chooses_how_and_how_long_files_are_locked(stack: Stack) -> None:
    mode, days = (stack.template["Parameters"][name] for name in ("BankLock", "BankLockDays"))
    assert (mode["Type"], mode["Default"], mode["AllowedValues"]) == (
        "String",
        "GOVERNANCE",
        ["GOVERNANCE", "COMPLIANCE"],
    )
    assert (days["Type"], days["MinValue"]) == ("Number", 1)
    # the purge deletes a file with the records of its year: by then no lock may keep it
    years = stack.template["Parameters"]["RecordsYears"]["Default"]
    assert days["Default"] < 365 * years
    assert days["MaxValue"] <= 366 * years


def test_no_rule_deletes_a_file_before_the_purge_does(stack: Stack) -> None:
    rules = stack.of("AWS::S3::Bucket")["BankBucket"]["LifecycleConfiguration"]["Rules"]
    assert not [rule for rule in rules if "ExpirationInDays" in rule or "ExpirationDate" in rule]
    # what the purge deleted is a version with a marker on it: both go once no lock holds them
    assert [rule["NoncurrentVersionExpiration"] for rule in rules if "NoncurrentVersionExpiration" in rule] == [
        {"NoncurrentDays": 30}
    ]
