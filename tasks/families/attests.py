"""The attests of a household on the way to an approval: asked for, ordered on consents, renewed where too old (J1)."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import count

from rules.attests import Attest, Member, Need, lacking, needed, next_birthday_that_matters
from rules.calendar import add_working_days
from rules.processes.network_family_approval import (
    AttestDecision,
    AttestResult,
    ChildProtectionAttest,
    Consent,
    CriminalRecord,
    No,
    OrderAttests,
)
from rules.vocabulary import Role
from tasks.cases.case import Case
from tasks.cases.question import Question
from tasks.documents.contexts import consent
from tasks.documents.made import Paper, issue_document
from tasks.families import changes as families

ATTEST_FORMS: Mapping[Attest, type[AttestResult]] = {
    Attest.CRIMINAL_RECORD: CriminalRecord,
    Attest.CHILD_ATTEST: ChildProtectionAttest,
}


class NotGoingOn(Exception):
    """The approval ends here; `about` holds keys and references only."""

    def __init__(self, ground: No, about: str = "") -> None:
        self.ground = ground
        super().__init__(f"{ground}: {about}" if about else str(ground))


class Attests:
    """Consents, orders and attests of one household; each is numbered by how often it was asked for."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._age: int = case.value("network_approval.child_attest_age")
        self._issued: dict[Need, date] = {}
        self._let_pass: set[Need] = set()
        self._consents: dict[str, Consent] = {}
        self._asked: Counter[str] = Counter()
        self._newcomers_done = True

    @property
    def accepted(self) -> bool:
        """The leader let an attest pass that isn't clean."""
        return bool(self._let_pass)

    def obtain_first(self) -> None:
        """What the household needs at the outset; whoever comes of age before the decision is asked that day."""
        household = self._household("household")
        first = needed(household, self.case.day_of("consent"), self._age)
        self._ask_newcomers(household, {need.member for need in first})
        self._obtain(first, "")

    def decision_day(self) -> date:
        """The first day on which every attest is there and none too old; asks again for what isn't."""
        self.case.hold_until(self._newcomers_done)
        validity: int = self.case.value("network_approval.attest_validity_days")
        for attempt in count(1):
            day = self.case.day_of(f"decision {attempt}")
            needs = needed(self._household(f"household at decision {attempt}"), day, self._age)
            missing = [need for need in lacking(needs, self._issued, day, validity) if not self._has_left(need.member)]
            if not missing:
                return day
            self._obtain(missing, f"decision {attempt}")
        raise AssertionError("unreachable")

    def _ask_newcomers(self, household: list[Member], known: set[str]) -> None:
        decided = self.case.been_at("decision 1")
        until = self.case.day_of("decision 1") if decided else self.case.today
        late = [need for need in needed(household, until, self._age) if need.member not in known]
        for member in sorted({need.member for need in late}):
            own = [need for need in late if need.member == member]
            done = self.case.alongside(self._obtain, own, member)
            self._newcomers_done = self._newcomers_done and done
        birthday = next_birthday_that_matters(household, until, self._age)
        if birthday is not None and not decided:
            self.case.wake_on(birthday)

    def _obtain(self, needs: list[Need], label: str) -> None:
        """Consent, order and attests, all of a kind outstanding at once. Raises NotGoingOn."""
        needs = [need for need in needs if not self._has_left(need.member)]
        if not needs:
            return
        ordered_on = self._order(sorted({need.member for need in needs}), label)
        questions = [self._attest(need, ordered_on) for need in needs]
        so_far = self.case.so_far(questions)
        unclean = {
            need: Question(AttestDecision, Role.LEADER, about=need.member, part=f"{need.attest}:{question.part}")
            for need, question, attest in zip(needs, questions, so_far, strict=True)
            if attest is not None and not attest.clean
        }
        for need, decision in zip(unclean, self.case.ask_all(unclean.values()), strict=True):
            if not decision.go_on:
                raise NotGoingOn(No.ATTEST, need.member)
        attests = self.case.ask_all(questions)
        self._issued |= {need: attest.issued_on for need, attest in zip(needs, attests, strict=True)}
        self._let_pass = (self._let_pass - set(needs)) | set(unclean)

    def _order(self, members: list[str], label: str) -> date:
        """The day on which the attests were ordered, on consents that hadn't lapsed by then."""
        lapses_after = timedelta(days=self.case.value("network_approval.consent_lapses_days"))
        asked = members
        while True:
            self._consents |= self._consented(asked)
            signed = {member: self._consents[member].signed_on for member in members}
            part = f"{label}:{self._next(f'order {label}')}".removeprefix(":")
            order = self.case.ask(
                OrderAttests,
                of=Role.ADMINISTRATION,
                part=part,
                lapses=min(signed.values()) + lapses_after,
                demands={"signed_on": max(signed.values()).isoformat()},
            )
            if order is not None:
                return order.ordered_on
            lapsed_on = self.case.day_of(f"order {part} lapsed")
            asked = [member for member in members if signed[member] + lapses_after <= lapsed_on]

    def _consented(self, members: list[str]) -> dict[str, Consent]:
        """Raises NotGoingOn at the first refusal, whoever hasn't answered yet."""
        questions = [
            Question(Consent, Role.FAMILY, about=member, part=self._next(f"consent {member}")) for member in members
        ]
        for member, question in zip(members, questions, strict=True):
            paper = Paper("consent_attests", about=member, part=question.part)
            issue_document(self.case, paper, consent, self.case, member)
        so_far = dict(zip(members, self.case.so_far(questions), strict=True))
        if refused := [member for member, consent in so_far.items() if consent is not None and not consent.given]:
            raise NotGoingOn(No.CONSENT, ", ".join(refused))
        return dict(zip(members, self.case.ask_all(questions), strict=True))

    def _attest(self, need: Need, ordered_on: date) -> Question[AttestResult]:
        working_days: int = self.case.value(f"network_approval.attest_expected_days.{need.attest}")
        due = add_working_days(ordered_on, working_days, self.case.policy.country)
        part = self._next(f"{need.attest} {need.member}")
        return Question(ATTEST_FORMS[need.attest], Role.ADMINISTRATION, about=need.member, part=part, due=due)

    def _has_left(self, member: str) -> bool:
        """Somebody who moved out meanwhile owes nothing any more."""
        gone = self.case.has_become(f"{member} has left", families.has_left, member=member, family=self.case.family)
        if gone:
            self.case.withdraw_about(member)
        return gone

    def _household(self, key: str) -> list[Member]:
        """As it was when the process first looked, under this key."""
        rows = self.case.recall(key, families.household, family=self.case.family)
        return [Member(ref, date.fromisoformat(born)) for ref, born in rows]

    def _next(self, what: str) -> str:
        self._asked[what] += 1
        return str(self._asked[what])
