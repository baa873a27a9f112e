"""The guards of "paid once": each can be taken away, and something notices.

`python -m local.simulator --without NAME` plays histories of a product that lacks one.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import get_args

# ruff: noqa: SLF001 - a guard is taken out of the inside of the product
from local.simulator.histories import absent
from local.simulator.histories.guard import Guard, Replacement, without
from tegemoet.adapters import runs as adapter_of_runs
from tegemoet.adapters.approval_seals import KmsApprovalSeal
from tegemoet.adapters.batches import DynamoBatches
from tegemoet.adapters.exchanges import DynamoExchanges
from tegemoet.adapters.inserts import Inserts
from tegemoet.adapters.ledger import DynamoLedger
from tegemoet.adapters.objects import S3Objects
from tegemoet.adapters.partners import _Versions
from tegemoet.adapters.runs import DynamoRuns
from tegemoet.adapters.seals import KmsSeals
from tegemoet.api import once
from tegemoet.application import attempts
from tegemoet.application.intake import manifest
from tegemoet.application.intake.kinds.records import FileKind
from tegemoet.application.lives import Retention
from tegemoet.application.partners import roles
from tegemoet.application.partners.grants import Grants
from tegemoet.application.premium_year import (
    approval,
    authority,
    closing,
    exceptions,
    expiry,
    folder,
    holders,
    invariants,
    offices,
    plan,
    releasing,
    returns,
    running,
    sealing,
    starting,
    unread,
)
from tegemoet.application.premium_year.records import Plan
from tegemoet.application.records import BatchState, RunState
from tegemoet.schemes.convention_premium import practices

RUN_STATES, BATCH_STATES = get_args(RunState), get_args(BatchState)
_ORDER: Replacement = (starting._check_order, absent.nothing)


def _opening_despite(*parts: str) -> Sequence[Replacement]:
    """A start that checks neither the order of phases nor these conditions of opening."""
    return [_ORDER, (DynamoRuns, "_transact", absent.opening_despite(*parts))]


def _in_any_state(adapter: type, method: str, states: Sequence[str]) -> Replacement:
    return (adapter, method, absent.in_any_state(getattr(adapter, method), states))


_LEDGER = "tests/integration/adapters/test_ledger.py::test_"
_FILES = "tests/integration/adapters/test_files.py::test_"
_PARTNERS = "tests/integration/adapters/test_partners.py::test_"
_SEALS = "tests/integration/adapters/test_people_and_seals.py::test_"
_ATTEMPTS = "tests/integration/premium_year/test_attempts.py::test_"
_CHANGES = "tests/integration/premium_year/test_changes.py::test_"
_AUTHORITY = "tests/integration/premium_year/test_authority.py::test_"
_ONCE = "tests/integration/api/test_once.py::test_"
_PAID_ONCE = "tests/integration/premium_year/test_paid_once.py::test_"
_VERSIONS = "tests/integration/premium_year/test_runs_of_another_version.py::test_"
_PHASES = "tests/unit/premium_year/test_phase_conditions.py::test_"
_FOUR_EYES = "tests/unit/premium_year/test_four_eyes.py::test_"
_JOINING = "tests/unit/premium_year/test_joining.py::test_"
_SETTLEMENT = "tests/unit/premium_year/test_settlement.py::test_"
_EXPIRY = "tests/unit/premium_year/test_expiry.py::test_"
_API = "tests/unit/api/test_premium_years.py::test_"
_INTAKE = "tests/unit/intake/test_"
_ROLES = "tests/template/test_roles.py::test_"

# fmt: off
_LIST = (
    # --- conditional writes
    Guard(
        "an entry is put at a free number", "condition",
        [(Inserts, "each", absent.each_over), (Inserts, "together", absent.together_over)],
        "an-entry-is-put-once",
    ),
    Guard(
        "a pharmacy is claimed once", "condition",
        [(DynamoLedger, "_append_with_claim", absent.append_without_claim)],
        _LEDGER + "a_pharmacy_is_claimed_by_the_first_one_that_is_paid",
    ),
    Guard(
        "a run changes in an expected state", "condition",
        [_in_any_state(DynamoRuns, "update", RUN_STATES)],
        "one-run-of-a-year-is-open",
    ),
    Guard(
        "a run ends in an expected state", "condition",
        [_in_any_state(DynamoRuns, "finish", RUN_STATES)],
        _LEDGER + "finishing_a_run_that_is_not_the_open_one_changes_nothing",
    ),
    Guard(
        "an approved run goes back to no earlier state", "condition",
        [(adapter_of_runs, "UNAPPROVED", ())],
        _LEDGER + "an_approved_run_gets_no_state_from_before_its_approval",
    ),
    Guard(
        "an approval stays (both of the above)", "condition",
        [_in_any_state(DynamoRuns, "finish", RUN_STATES), (adapter_of_runs, "UNAPPROVED", ())],
        "what-is-in-the-ledger-is-transferred",
    ),
    Guard(
        "phase 2 follows phase 1", "condition",
        _opening_despite("contains(released, :first)"),
        _LEDGER + "the_order_of_the_phases_is_part_of_opening",
    ),
    Guard(
        "phase 1 does not follow phase 2", "condition",
        _opening_despite("attribute_not_exists(phase_2_begun)"),
        _LEDGER + "the_order_of_the_phases_is_part_of_opening",
    ),
    Guard(
        "a closed year starts no run", "condition",
        _opening_despite("attribute_not_exists(closed)"),
        "nothing-is-paid-after-closing",
    ),
    Guard(
        "a year with an open run is not closed", "condition",
        [(DynamoRuns, "close", absent.close_over_a_run)],
        _LEDGER + "a_closed_year_opens_no_run_and_an_open_run_keeps_the_year_open",
    ),
    Guard(
        "a batch changes in an expected state", "condition",
        [_in_any_state(DynamoBatches, "update", BATCH_STATES)],
        "a-batch-ends-once",
    ),
    Guard("a batch is created once", "condition", [(DynamoBatches, "_put", absent.batch_over)], "a-batch-ends-once"),
    Guard(
        "a registration is added", "condition",
        [(_Versions, "_put", absent.batch_over)],
        _PARTNERS + "a_version_is_put_once_and_never_over_another",
    ),
    Guard(
        "an exchange goes on from an expected step", "condition",
        [(DynamoExchanges, "advance", absent.advance_from_any_step)],
        "a-step-never-goes-back", "exchange",
    ),
    # --- commits
    Guard(
        "one attempt is committed", "commit",
        [(attempts.Attempt, "commit", absent.commit_over)],
        "what-is-written-once-stays",
    ),
    Guard(
        "what is written once stays", "commit",
        [(S3Objects, "put_once", absent.put_over)],
        "what-is-written-once-stays",
    ),
    Guard(
        "the first plan stays", "commit",
        [(folder.RunFolder, "write_plan", absent.plan_over)],
        _ATTEMPTS + "an_attempt_that_goes_on_late_changes_nothing[plan-after-released]",
    ),
    Guard(
        "the first manifest stays", "commit",
        [(manifest.write_manifest, absent.manifest_over)],
        _INTAKE + "attempts.py::test_a_call_that_goes_on_late_changes_nothing",
    ),
    Guard(
        "a data key is made once", "commit",
        [(S3Objects, "put_once", absent.put_over)],
        "a-data-key-is-made-once", "exchange",
    ),
    # --- locks
    Guard(
        "one run of a year is open", "lock",
        _opening_despite("attribute_not_exists(open_run)"),
        "one-run-of-a-year-is-open",
    ),
    Guard(
        "the latest execution of a run says that it failed", "lock",
        [(DynamoRuns, "update", absent.whatever_attempt)],
        _LEDGER + "a_run_is_changed_where_its_latest_execution_is_the_one_that_is_named",
    ),
    # --- checks
    Guard(
        "a payment comes back once", "check",
        [(returns._write, absent.return_again)],
        "a-payment-comes-back-once",
    ),
    Guard(
        "only an authority is believed", "check",
        [(Grants, "authority_since", absent.since_ever)],
        "nobody-else-says-whose-account-it-is",
    ),
    Guard(
        "a partner brings what it may", "check",
        [(Grants, "granted", absent.always)],
        _INTAKE + "grants.py::test_a_direct_drop_of_a_kind_that_is_not_granted_is_refused_as_a_whole",
    ),
    Guard(
        "what loads is waited for", "check",
        [(plan.require_loaded, absent.nothing)],
        "a-run-uses-all-that-was-brought-before",
    ),
    Guard(
        "what is not taken in is waited for", "check",
        [(unread.require_read, absent.nothing)],
        "a-run-uses-all-that-was-brought-before",
    ),
    Guard(
        "who had a hand in it does not approve", "check",
        [(approval, "barred", absent.nobody), (approval, "_check", absent.nothing)],
        "an-entry-is-approved-by-another",
    ),
    Guard(
        "an answer names the control sum", "check",
        [(approval._check, absent.for_any_sum)],
        _PHASES + "any_other_approval_is_refused_and_changes_nothing",
    ),
    Guard(
        "nobody decides what an own file raised", "check",
        [(exceptions, "raised_by_own_file", absent.never)],
        _FOUR_EYES + "nobody_decides_an_exception_that_a_file_of_his_own_raised",
    ),
    Guard(
        "another person confirms that a year closes", "check",
        [(closing._confirm, absent.confirm_alone)],
        _API + "a_year_is_closed_by_two_persons_after_a_released_phase_2_and_stays_so",
    ),
    Guard(
        "a proposal to close lapses", "check",
        [(closing, "LAPSES_AFTER", timedelta(days=365_000))],
        _PHASES + "a_proposal_to_close_lapses_after_seven_days",
    ),
    Guard(
        "a number with two persons waits", "check",
        [(holders.Holders, "of", absent.held_by_nothing)],
        _JOINING + "two_persons_on_one_number_are_held_with_each_of_them",
    ),
    Guard(
        "keys that were ever one person are known", "check",
        [(Plan, "companions", absent.nobody)],
        _PAID_ONCE + "a_corrected_identity_does_not_pay_a_number_again",
    ),
    Guard(
        "nobody is paid more than the premium", "check",
        [(invariants.within_premium, absent.fits)],
        _SETTLEMENT + "a_number_that_would_be_paid_too_much_is_not_proposed",
    ),
    Guard(
        "a person is paid one premium (both of the above)", "check",
        [(Plan, "companions", absent.nobody), (invariants.within_premium, absent.fits)],
        "a-number-is-paid-one-premium",
    ),
    Guard(
        "a changed account of an office waits", "check",
        [(offices.holds, absent.nothing)],
        _AUTHORITY + "a_changed_account_of_an_office_that_was_paid_is_held_until_it_is_chosen",
    ),
    Guard(
        "sums are compared before anything is paid", "check",
        [(invariants.require, absent.nothing)],
        _SETTLEMENT + "an_entry_that_nobody_decided_stops_the_run",
    ),
    Guard(
        "a run of another version is not continued", "check",
        [(running.require_this_version, absent.nothing)],
        _VERSIONS + "every_step_names_why_it_does_not_go_on",
    ),
    Guard(
        "an insurer asks for its own only", "check",
        [(FileKind, "check_owner", absent.nothing)],
        "an-insurer-learns-of-its-own-alone", "exchange",
    ),
    # --- seals
    Guard(
        "an approval has a seal", "seal",
        [(sealing.has_seal, absent.always)],
        "an-entry-is-approved-by-another",
    ),
    Guard(
        "a seal is verified", "seal",
        [(KmsApprovalSeal, "verify", absent.always)],
        _SEALS + "a_seal_is_of_one_message_under_one_key",
    ),
    Guard(
        "a seal covers the payments", "seal",
        [(sealing._message, absent.of_any_payments)],
        _FOUR_EYES + "a_sealed_approval_covers_sum_transfers_person_and_moment",
    ),
    # --- hashes
    Guard(
        "the payments are those that were approved", "hash",
        [(folder._approved_bytes, absent.first)],
        "a-number-is-paid-one-premium",
    ),
    Guard(
        "a file of a step is the one that was committed", "hash",
        [(attempts.Step, "stream", absent.stream_as_it_is)],
        _SETTLEMENT + "a_file_that_changed_after_it_was_committed_is_not_proposed",
    ),
    Guard(
        "an entry proves who is paid", "hash",
        [(releasing._Approved, "_entry", absent.without_proof)],
        _SETTLEMENT + "accounts_that_were_swapped_after_settling_are_not_released",
    ),
    Guard(
        "the transfers are those that were approved", "hash",
        [(releasing._Approved, "_transfers_that_differ", absent.of_no_difference)],
        _SETTLEMENT + "a_transfer_that_differs_from_the_approved_one_stops_the_release",
    ),
    Guard(
        "an account is the one that was approved (all of the above)", "hash",
        [
            (attempts.Step, "stream", absent.stream_as_it_is),
            (releasing._Approved, "_entry", absent.without_proof),
            (releasing._Approved, "_transfers_that_differ", absent.of_no_difference),
        ],
        "nobody-else-says-whose-account-it-is",
    ),
    Guard(
        "a destroyed key leaves its mark", "seal",
        [(KmsSeals, "destroy", absent.destroy_without_a_mark)],
        "a-destroyed-key-is-not-made-again", "exchange",
    ),
    # --- cut-offs
    Guard(
        "a run uses nothing that came later", "cut-off",
        [(plan.concerning, absent.whenever_written)],
        "every-year-can-be-finished",
    ),
    Guard(
        "a run knows no registration that came later", "cut-off",
        [(plan.held_at, absent.whenever_registered)],
        _CHANGES + "registrations_are_listed_from_one_cut_off_to_the_next",
    ),
    # --- choices
    Guard(
        "a choice on an account names the account", "choice",
        [(authority, "account_name", absent.account_of_any_iban)],
        _AUTHORITY + "a_choice_holds_for_that_account_of_that_person_and_asks_no_more",
    ),
    Guard(
        "a choice on a number names the person", "choice",
        [(holders.candidate, absent.holder_of_any_person)],
        _JOINING + "an_operator_parts_two_persons",
    ),
    Guard(
        "a choice on an amount names the amount", "choice",
        [(practices.year_amount_question, absent.amount_of_any_sum)],
        "tests/schemes/convention_premium/test_activity.py"
        "::test_a_year_amount_missing_or_lower_than_the_first_semester_waits_for_a_person",
    ),
    Guard(
        "a choice is added and replaces none", "choice",
        [(DynamoRuns, "_put_once", absent.item_over)],
        _LEDGER + "a_choice_outlives_the_runs_that_find_the_exception_again",
    ),
    # --- what is kept
    Guard(
        "what a run needs is kept", "retention",
        absent.template_with(absent.expiring_everything),
        "what-was-decided-can-be-shown",
    ),
    Guard(
        "no run starts on facts that expire soon", "retention",
        [(expiry.require_lasting_facts, absent.nothing)],
        _EXPIRY + "a_run_is_refused_from_sixty_days_before_the_facts_expire",
    ),
    Guard(
        "nothing of an open year expires", "retention",
        [(Retention, "is_over", absent.over_though_open), (Retention, "expires_soon", absent.soon_where_closed)],
        _EXPIRY + "of_a_year_that_is_never_closed_nothing_expires",
    ),
    # --- rights
    Guard(
        "whether a person may approve is looked up", "right",
        [(approval._approver, absent.with_or_without_right)],
        "an-entry-is-approved-by-another",
    ),
    Guard(
        "a role counts while the register has it", "right",
        [(roles._agreed, absent.groups_alone)],
        "tests/unit/partners/test_roles.py::test_a_role_counts_only_where_register_and_user_pool_both_say_so",
    ),
    Guard(
        "no role replaces an entry", "right",
        absent.template_with(absent.allowing("SettleFunction", "dynamodb:PutItem", "LedgerTable")),
        _ROLES + "nobody_may_replace_change_or_remove_an_entry_of_the_ledger",
    ),
    Guard(
        "the ledger refuses changes", "right",
        absent.template_with(absent.refusing_nothing("LedgerTable", "ResourcePolicy")),
        _ROLES + "the_ledger_itself_refuses_changes_to_everybody",
    ),
    Guard(
        "one function seals approvals", "right",
        absent.template_with(absent.allowing("OperationsFunction", "kms:GenerateMac", "ApprovalKey")),
        _ROLES + "an_approval_is_sealed_by_one_function_and_verified_by_those_that_pay",
    ),
    Guard(
        "the key of approvals refuses others", "right",
        absent.template_with(absent.refusing_nothing("ApprovalKey", "KeyPolicy")),
        _ROLES + "the_key_of_approvals_itself_lets_nobody_else_seal_one",
    ),
    Guard(
        "what partners call writes no run", "right",
        absent.template_with(absent.allowing("ApiFunction", "dynamodb:UpdateItem", "YearsTable")),
        _ROLES + "partners_cannot_come_near_the_ledger_a_year_or_a_phase",
    ),
    # --- once
    Guard(
        "a phase that is asked for twice starts once", "once",
        [(starting.Start, "run_id", property(absent.another_run))],
        _PHASES + "the_same_call_twice_is_one_run",
    ),
    Guard(
        "a request with a key is carried out once", "once",
        [(once, "once", lambda _router, _key, make: make())],
        _ONCE + "the_same_key_and_body_give_the_same_answer_and_store_once",
    ),
)
# fmt: on
GUARDS: Mapping[str, Guard] = {guard.name: guard for guard in _LIST}


def without_guard(name: str) -> AbstractContextManager[None]:
    """The product without the guard of that name, while this holds."""
    return without(GUARDS[name])


def table() -> str:
    """The guards as a table of Markdown: what each is, and what notices that it is gone."""
    lines = [f"| {guard.name} | {guard.kind} | {_shown(guard.noticed_by)} |" for guard in GUARDS.values()]
    return "\n".join(["| guard | kind | what notices that it is gone |", "|---|---|---|", *lines, ""])


def _shown(noticed_by: str) -> str:
    place, _, test = noticed_by.partition("::")
    return f"`{test.partition('[')[0]}`" if test else f"a history: `{place}`"
