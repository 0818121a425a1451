"""Why an amount is what it is, in words a family understands (X7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from babel.dates import format_date
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from data.pay.ledger import find_line
from data.policies import policy_of
from data.store.asking import ASKED_AT_ONCE, batched
from data.store.audit import is_job
from data.store.facts import version_at
from data.tables import Decision, ExpenseClaim, LedgerLine, PayDecision, PayRun, RateRow
from rules.holds import Hold
from rules.months import month
from rules.vocabulary import Component
from tasks.explained.amounts import Amount
from tasks.explained.corrections import Correction
from tasks.explained.what_changed import Told, what_changed
from tasks.words.language import LOCALES, translator
from tasks.words.pay_words import BANDS, BY_NOON, BY_THE_NIGHT, COMPONENTS, HOLDS, MONTHS_FEE, PER, RULES, SOURCES

R = TypeVar("R", RateRow, ExpenseClaim, PayDecision, LedgerLine)


def explain_line(s: Session, line_id: str, language: str) -> str:
    """Plain text; references only. Raises Refusal for a line or a language that isn't there."""
    line = find_line(s, line_id)
    (text,) = explain_lines(s, s.get_one(PayRun, line.run), [line], language)
    return text


def explain_lines(
    s: Session, run: PayRun, lines: Sequence[LedgerLine], language: str, *, meanwhile: bool = True
) -> list[str]:
    """Of one run, in the order of the lines, with one query a kind for all; `meanwhile` adds what was decided since."""
    behind, texts = _behind(s, run, lines, meanwhile), translator(language)
    return ["\n".join(_Explanation(line, language, texts, run, behind).sentences()) for line in lines]


@dataclass(frozen=True)
class _Behind:
    """What lines point at, by reference, as it was known to their run."""

    rates: Mapping[str, RateRow]
    claims: Mapping[str, ExpenseClaim]
    decisions: Mapping[str, PayDecision]
    since: Mapping[tuple[Any, ...], PayDecision]
    """What was decided about held lines after their run was computed, by the matter."""
    paid: Mapping[str, LedgerLine]
    changed: Told


def _behind(s: Session, run: PayRun, lines: Sequence[LedgerLine], meanwhile: bool) -> _Behind:
    rates = {basis["rate"] for line in lines for basis in _bases(line) if "rate" in basis}
    claims = {source for line in lines if line.unit == "grant" for source in line.sources}
    decisions = {line.decision for line in lines if line.decision}
    decisions |= {ref for line in lines for name in ("waived", "recovering") for ref in line.basis.get(name, [])}
    paid = _found(s, LedgerLine, {ref for line in lines for ref in line.basis.get("paid", [])})
    decisions |= {line.decision for line in paid.values() if line.decision}
    decisions |= {owed["decision"] for line in lines for owed in line.basis.get("owed", []) if "decision" in owed}
    return _Behind(
        rates=_found(s, RateRow, rates, version_at(RateRow, run.known_at)),
        claims=_found(s, ExpenseClaim, claims, version_at(ExpenseClaim, run.known_at)),
        decisions=_found(s, PayDecision, decisions),
        since={_matter(made): made for made in (_decided_since(s, run, lines) if meanwhile else [])},
        paid=paid,
        changed=what_changed(s, run, lines, paid),
    )


def _bases(line: LedgerLine) -> list[dict[str, Any]]:
    """Of what is owed now, where the line is a correction."""
    return [owed["basis"] for owed in line.basis.get("owed", [])] or [line.basis]


def _matter(of: LedgerLine | PayDecision) -> tuple[Any, ...]:
    return of.period, of.subject, of.family, of.component, of.source_key, of.taxable


def _decided_since(s: Session, run: PayRun, lines: Sequence[LedgerLine]) -> Iterable[PayDecision]:
    held = sorted({line.period for line in lines if line.held_because})
    later = col(PayDecision.id) > run.read_to.get("pay_decision", 0)
    theirs = (PayDecision.municipality == run.municipality, col(PayDecision.period).in_(held))
    return s.exec(select(PayDecision).where(later, *theirs).order_by(col(PayDecision.id))) if held else []


def _found(s: Session, table: type[R], refs: Iterable[str], *then: ColumnElement[bool]) -> dict[str, R]:
    found: dict[str, R] = {}
    name = "id" if table is LedgerLine else "ref"
    for some in batched(refs, ASKED_AT_ONCE):
        rows = s.exec(select(table).where(getattr(table, name).in_(some), *then))
        found |= {getattr(row, name): row for row in rows}
    return found


@dataclass(frozen=True)
class _Explanation(Amount):
    run: PayRun
    behind: _Behind

    def sentences(self) -> Iterator[str]:
        yield self.heading()
        if "paid" in self.line.basis:
            yield from self.against_what_was_paid().sentences()
        else:
            yield f"{self.calculation()} {self.limits()}".rstrip()
        yield from self.correction()
        if self.line.held_because:
            yield from self.held()
        yield self.when()
        yield from self.receipts()
        for ref in dict.fromkeys(basis.get("rate", "") for basis in _bases(self.line)):
            if rate := self.behind.rates.get(ref):
                yield from self.rate_and_source(rate)
        yield from self.rules()
        yield self.who()

    def heading(self) -> str:
        _ = self.texts.gettext
        text = _("{component} for {month}, placement {placement}, {tax}: {amount} kr. (line {line})")
        if self.of_network():
            text = _("{component} for {month}, network {placement}, {tax}: {amount} kr. (line {line})")
        return text.format(
            component=_(COMPONENTS[Component(self.line.component)]),
            month=format_date(month(self.line.period).first, "LLLL y", locale=LOCALES[self.language]),
            placement=self.line.subject,
            tax=_("taxable") if self.line.taxable else _("tax-free"),
            amount=self.kroner(self.line.amount_ore),
            line=self.line.id,
        )

    def against_what_was_paid(self) -> Correction:
        behind, changed = self.behind, self.behind.changed.get(self.line.id, [])
        return Correction(self.line, self.language, self.texts, behind.paid, behind.decisions, changed)

    def correction(self) -> Iterator[str]:
        _ = self.texts.gettext
        if self.line.corrects:
            yield _("Corrects line {line}.").format(line=self.line.corrects)
        if made := self.behind.decisions.get(self.line.decision or ""):
            yield _("Follows decision {decision} by {who} on {day}.").format(
                decision=made.ref, who=self.named(made.decided_by), day=self.local(made.decided_at)
            )

    def held(self) -> Iterator[str]:
        _ = self.texts.gettext
        because = _(HOLDS[Hold(str(self.line.held_because))])
        text = _("Held, not paid until somebody decides: {because}.").format(because=because)
        if self.line.carried_from:
            text += " " + _("Held since line {line}.").format(line=self.line.carried_from)
        yield text
        if made := self.behind.since.get(_matter(self.line)):
            yield _("Decision {decision} by {who} on {day}: {what}.").format(
                decision=made.ref,
                who=self.named(made.decided_by),
                day=self.local(made.decided_at),
                what=self.came_of(made),
            )

    def came_of(self, made: PayDecision) -> str:
        _ = self.texts.gettext
        if made.decision == Decision.PAY:
            return _("it is paid with the next payout")
        if made.decision == Decision.RECOVER:
            return self.texts.ngettext(
                "it is taken back in {count} instalment", "it is taken back in {count} instalments", made.instalments
            ).format(count=made.instalments)
        if self.line.held_because == Hold.OVERPAID:
            return _("it was waived, and the debt has ended")
        return _("it isn't paid")

    def receipts(self) -> Iterator[str]:
        _ = self.texts.gettext
        for source in self.line.sources:
            claim = self.behind.claims.get(source)
            if claim is not None and claim.documentation_on is not None:
                yield _("Receipts received on {day}.").format(day=self.day(claim.documentation_on))

    def rate_and_source(self, rate: RateRow) -> Iterator[str]:
        _ = self.texts.gettext
        yield _("Rate: {rate} kr. {per}{band}, in force since {since}. Source: {source}.").format(
            rate=self.amount(rate.amount),
            per=_(PER[rate.unit.partition("/")[2]]),
            band=f" {_(BANDS[rate.band])}" if rate.band else "",
            since=self.day(rate.valid_from),
            source=rate.source.removesuffix("."),
        )
        if rate.status == "unconfirmed":
            yield _("Warning: the source doesn't confirm this rate finally; it may still be adjusted.")

    def rules(self) -> Iterator[str]:
        """In words, with where they come from: families know no row of ours."""
        _, component = self.texts.gettext, Component(self.line.component)
        text = MONTHS_FEE if self.line.unit == "month" and component == Component.FEE else RULES.get(component)
        if "noon_days" in self.line.basis:
            yield from self.noon_to_noon()
        elif text is None:
            text = BY_THE_NIGHT
        if text is not None:
            yield f"{_(text)} {self.source()}".rstrip()
        if component == Component.FEE:
            yield _("The fee is taxable income and isn't pensionable.")
        if component == Component.BOARD_LODGING:
            law = policy_of(self.line.municipality).value("law.board_lodging", self.dates()[-1])
            yield _("Law: {law}.").format(law=law)

    def noon_to_noon(self) -> Iterator[str]:
        _, policy = self.texts.gettext, policy_of(self.line.municipality)
        said = _("It is the rule in {municipality}.").format(municipality=policy.name)
        yield f"{_(BY_NOON)} {said}{self.unconfirmed()}"
        if "paid" not in self.line.basis:
            yield from self.placed()

    def unconfirmed(self) -> str:
        _, policy, last = self.texts.gettext, policy_of(self.line.municipality), month(self.line.period).last
        rule = "payout.nights_rule"
        if policy.has(rule, last) and not policy.dated(rule, last).assumed:
            return ""
        return " " + _("The municipality hasn't confirmed it yet.")

    def source(self) -> str:
        """Norwegian months and nights are paid as their rates' own source says."""
        _, row, policy = self.texts.gettext, self.line.basis["row"], policy_of(self.line.municipality)
        rate = self.behind.rates.get(self.line.basis.get("rate", ""))
        if policy.country == "NO" and row == "R9":
            return _("It comes from {source}.").format(source=rate.source.removesuffix(".")) if rate else ""
        said = _("It comes from {source}.").format(source=_(SOURCES[row[0]]))
        return said + self.unconfirmed() if self.line.unit == "night" else said

    def who(self) -> str:
        _ = self.texts.gettext
        run = self.run
        prepared = _("Prepared by {who} on {day} from what was known then").format(
            who=_("the monthly run") if is_job(run.prepared_by) else self.named(run.prepared_by),
            day=self.local(run.prepared_at),
        )
        approved = _("not approved yet")
        if run.approved_by and run.approved_at:
            approved = _("approved by {who} on {day}").format(
                who=self.named(run.approved_by), day=self.local(run.approved_at)
            )
        return f"{prepared}; {approved}."
