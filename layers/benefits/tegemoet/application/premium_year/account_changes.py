"""Accounts that changed since the last release, by an operator's file, a choice or another partner.

Each run keeps a MAC of the account that every person is paid on. The next run compares with it, so
that neither keeps an account to compare it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tegemoet.application.ports import Objects
from tegemoet.application.premium_year.authority import AccountRow, Believed, IdentityRow
from tegemoet.application.premium_year.changes import WAYS, Change, Way
from tegemoet.application.premium_year.folder import RunFolder
from tegemoet.application.premium_year.ownership import hashed
from tegemoet.application.premium_year.payees import payee_mac
from tegemoet.application.premium_year.records import (
    BankAccount,
    Doubt,
    FrozenPerson,
    PaidOn,
    Payment,
    Plan,
    PlannedBatch,
)
from tegemoet.application.records import OPERATORS
from tegemoet.domain.identity import shard_of
from tegemoet.domain.money import euro, from_cents


@dataclass(frozen=True, slots=True)
class AccountSource:
    """Where the account that somebody is paid on came from.

    `authority` = the partner whose word stands by itself, where one does; `questions` = the ids of
    the exceptions by whose choice the account counts; `answered` = of those that gave numbers to
    the person.
    """

    partner: str
    batch: PlannedBatch
    authority: str | None = None
    questions: tuple[str, ...] = ()
    registered_on: str | None = None
    answered: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, believed: Believed[AccountRow], batches: Mapping[str, PlannedBatch], answered: tuple[str, ...] = ()
    ) -> "AccountSource":
        """The source of an account of a person."""
        fact = believed.fact
        questions = () if believed.question is None else (believed.question,)
        return cls(
            fact.row["partner"],
            batches[fact.batch],
            believed.authority,
            questions,
            str(fact.row["registered_on"]),
            answered,
        )

    def ways(self, partners_before: Collection[str] = ()) -> set[Way]:
        """How the account came to be the one; none where its own partner brought it.

        `partners_before` = who brought the accounts that stood at the last release. A successor is
        another partner.
        """
        usual = partners_before or (() if self.authority is None else (self.authority,))
        return _ways(self.batch, bool(self.questions), any(partner != self.partner for partner in usual))


def _ways(batch: PlannedBatch, chosen: bool, another: bool) -> set[Way]:
    by_operator = batch.sent_by is not None or batch.partner == OPERATORS
    found: dict[Way, bool] = {"another-partner": another, "choice": chosen, "operator-file": by_operator}
    return {way for way in WAYS if found[way]}


def doubts_of(identities: Iterable[Believed[IdentityRow]], batches: Mapping[str, PlannedBatch]) -> Mapping[str, Doubt]:
    """Person key → how an identity row came that its own partner did not bring."""
    ways: dict[str, set[Way]] = defaultdict(set)
    questions: dict[str, set[str]] = defaultdict(set)
    for row, authority, question in identities:
        another = authority not in (None, row.row["partner"])
        found = _ways(batches[row.batch], question is not None, another)
        for person in (row.row["old"], row.row["new"]) if found else ():
            ways[person] |= found
            questions[person] |= {question} if question else set()
    return {person: Doubt(ways=sorted(ways[person]), questions=sorted(questions[person])) for person in sorted(ways)}


def account_change(
    subject: str,
    payee: Mapping[str, object],
    source: AccountSource,
    ways: Iterable[Way],
    questions: Iterable[str],
    replaces: bool,
    amount: str | None = None,
) -> Change:
    """The change of the account of `payee`.

    `replaces` = whether another account stood at the last release; `amount` = what this run pays on
    the account, in EUR.
    """
    facts = {
        **payee,
        "partner": source.partner,
        "batch": source.batch.id,
        "delivered_on": source.batch.delivered_on,
        "registered_on": source.registered_on,
        "ways": sorted(ways),
        "questions": sorted(questions),
        "replaces": replaces,
        "amount": amount,
    }
    return Change(f"accounts.{subject}", "accounts", facts)


@dataclass(frozen=True, slots=True)
class AccountComparison:
    """Compares the accounts of a shard of persons with those of the run that was released last.

    `before` = person (root) at that run → what the person was to be paid on.
    """

    plan: Plan
    before: Mapping[str, PaidOn]
    secret: bytes
    companions: Mapping[str, Sequence[str]]
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, shard: int, work: Objects, secret: bytes) -> "AccountComparison":
        """The comparison with the last release; without one every account is new."""
        keys, companions = plan.other_keys(), plan.companions()
        if plan.released is None:
            return cls(plan, {}, secret, companions, keys)
        folder = RunFolder(work, plan.released)
        before = {paid["person"]: paid for paid in folder.paid_on(shard)}
        here = (group for group in plan.connected if any(shard_of(key, plan.shards) == shard for key in group))
        elsewhere: dict[int, set[str]] = defaultdict(set)
        for key in (key for group in here for key in group):
            elsewhere[shard_of(key, plan.shards)].add(key)
        for other in sorted(elsewhere.keys() - {shard}):
            before |= {paid["person"]: paid for paid in folder.paid_on(other) if paid["person"] in elsewhere[other]}
        return cls(plan, before, secret, companions, keys)

    def paid_on(self, person: str, account: BankAccount, source: AccountSource) -> PaidOn:
        """What the next run compares with."""
        mac = payee_mac(person, account["holder"], account["iban"], self.secret)
        paid = PaidOn(person=person, keys=self._keys_of(person), mac=mac, partner=source.partner)
        return {**paid, "answered": list(source.answered)} if source.answered else paid

    def change(self, frozen: FrozenPerson, source: AccountSource, payment: Payment | None) -> Change | None:
        """The change of the account of a person with practices, if it is to be listed."""
        account, case = frozen.account, frozen.case
        if account is None or case is None:
            return None
        keys = self._keys_of(frozen.person)
        stood = [paid for paid in self._stood(frozen.person) if not set(paid["keys"]).isdisjoint(keys)]
        answered = set(source.answered).difference(*(paid.get("answered", ()) for paid in stood))
        if stood and all(self._is_on(paid, account) for paid in stood) and not answered:
            return None
        ways, questions = source.ways([paid["partner"] for paid in stood]), {*source.questions, *answered}
        if answered:
            ways.add("choice")
        if not stood or any(paid["keys"] != keys for paid in stood):
            for key in {*keys, *(key for paid in stood for key in paid["keys"])}:
                doubt = self.plan.doubts.get(key, Doubt(ways=[], questions=[]))
                ways |= set(doubt["ways"])
                questions |= set(doubt["questions"])
        if not ways:
            return None
        numbers = sorted({practice["riziv_number"][:8] for practice in case["practices"]})
        paid_here = payment is not None and payment.pharmacy_id is None
        amount = euro(from_cents(payment.cents)) if payment is not None and paid_here else None
        subject = f"number.{frozen.case_id}.{hashed(frozen.person)}"
        return account_change(subject, {"riziv_numbers": numbers}, source, ways, questions, bool(stood), amount)

    def _keys_of(self, person: str) -> list[str]:
        return sorted((person, *self.keys.get(person, ())))

    def _stood(self, person: str) -> Iterable[PaidOn]:
        """The accounts that stood for any key that was ever connected with the person's."""
        keys = self.companions.get(person, (person,))
        return (self.before[key] for key in keys if key in self.before)

    def _is_on(self, paid: PaidOn, account: BankAccount) -> bool:
        return paid["mac"] == payee_mac(paid["person"], account["holder"], account["iban"], self.secret)
