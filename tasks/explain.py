"""Why an amount is what it is, in words a family understands (X7)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from gettext import NullTranslations
from typing import TypeVar

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from data.asking import ASKED_AT_ONCE, batched
from data.audit import is_job
from data.facts import known
from data.ledger import find_line
from data.policies import policy
from data.tables import ExpenseClaim, LedgerLine, PayDecision, PayRun, RateRow
from rules.components.days import spans
from rules.holds import OPEN, Hold
from rules.months import month
from rules.vocabulary import Component
from tasks.language import LOCALES, translator
from tasks.pay_words import ABOUT, BANDS, BY_THE_NIGHT, COMPONENTS, HOLDS, MONTHS_FEE, PER, RULES

R = TypeVar("R", RateRow, ExpenseClaim, PayDecision)


def explain_line(s: Session, line_id: str, language: str) -> str:
    """Plain text; references only. Raises Refusal for a line or a language that isn't there."""
    line = find_line(s, line_id)
    (text,) = explain_lines(s, s.get_one(PayRun, line.run), [line], language)
    return text


def explain_lines(s: Session, run: PayRun, lines: Sequence[LedgerLine], language: str) -> list[str]:
    """Of one run, in the order of the lines, with one query a kind for all."""
    behind, texts = _behind(s, run, lines), translator(language)
    return ["\n".join(_Explanation(line, run, behind, language, texts).sentences()) for line in lines]


@dataclass(frozen=True)
class _Behind:
    """What lines point at, by reference, as it was known to their run."""

    rates: Mapping[str, RateRow]
    claims: Mapping[str, ExpenseClaim]
    decisions: Mapping[str, PayDecision]


def _behind(s: Session, run: PayRun, lines: Sequence[LedgerLine]) -> _Behind:
    rates = {line.basis["rate"] for line in lines if "rate" in line.basis}
    claims = {source for line in lines if line.unit == "grant" for source in line.sources}
    decisions = {line.decision for line in lines if line.decision}

    return _Behind(
        rates=_found(s, RateRow, rates, known(RateRow, run.known_at)),
        claims=_found(s, ExpenseClaim, claims, known(ExpenseClaim, run.known_at)),
        decisions=_found(s, PayDecision, decisions),
    )


def _found(s: Session, table: type[R], refs: Iterable[str], *then: ColumnElement[bool]) -> dict[str, R]:
    found: dict[str, R] = {}
    for some in batched(refs, ASKED_AT_ONCE):
        found |= {row.ref: row for row in s.exec(select(table).where(col(table.ref).in_(some), *then))}
    return found


@dataclass(frozen=True)
class _Explanation:
    line: LedgerLine
    run: PayRun
    behind: _Behind
    language: str
    texts: NullTranslations

    def sentences(self) -> Iterator[str]:
        yield self.heading()
        yield f"{self.calculation()} {self.limits()}".rstrip()
        yield from self.correction()
        if self.line.held_because:
            yield self.held()
        yield self.when()
        yield from self.receipts()
        if rate := self.behind.rates.get(self.line.basis.get("rate", "")):
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

    def of_network(self) -> bool:
        return self.line.basis["row"] in ("N1", "N2") and self.line.component != Component.OUTLAY

    def calculation(self) -> str:
        _, basis = self.texts.gettext, self.line.basis
        if self.line.held_because in OPEN:
            return _("No amount can be computed yet.")
        if "paid" in basis:
            return _("{entitled} kr. is owed for the month by what is known now; {paid} kr. was paid.").format(
                entitled=self.kroner(basis["entitled_ore"]), paid=self.kroner(basis["paid_ore"])
            )
        if self.line.component == Component.GATHERING:
            return _("Receipts of {amount} kr.").format(amount=self.kroner(basis["asked_ore"]))
        if "asked_ore" in basis:
            return _("Granted: {amount} kr.").format(amount=self.kroner(basis["asked_ore"]))
        return _("{calculation} = {amount} kr.").format(
            calculation=" × ".join(self.factors()), amount=self.kroner(self.line.amount_ore)
        )

    def factors(self) -> Iterator[str]:
        _, ngettext, basis = self.texts.gettext, self.texts.ngettext, self.line.basis
        count = sum(last - first + 1 for first, last in spans(basis["days"]))
        rate = self.amount(self.line.rate)
        if self.line.unit == "km":
            yield _("{count} km").format(count=self.number(Decimal(self.line.quantity) / 1000))
        elif self.line.unit == "night":
            yield ngettext("{count} night", "{count} nights", count).format(count=count)
        elif self.line.unit == "day":
            yield ngettext("{count} day", "{count} days", count).format(count=count)
        elif count < basis["month_days"]:
            yield _("{count} of the month's {days} days").format(count=count, days=basis["month_days"])
        elif "fees_tenths" not in basis:
            yield _("the whole month")
        yield (_("{rate} kr. / 7") if self.line.unit == "day" else _("{rate} kr.")).format(rate=rate)
        if "fees_tenths" in basis:
            fees = self.number(Decimal(basis["fees_tenths"]) / 10)
            yield (_("{fees} (fees agreed)") if self.line.component == Component.FEE else _("{fees} (KS)")).format(
                fees=fees
            )

    def limits(self) -> str:
        """What the amount was kept to."""
        _, basis = self.texts.gettext, self.line.basis
        if "board_lodging_ore" in basis:
            agreed = self.kroner(basis["board_lodging_ore"])
            if self.line.taxable:
                return _("{agreed} kr. a night is agreed; what is above the statutory rate is taxable.").format(
                    agreed=agreed
                )
            return _("{agreed} kr. a night is agreed; it is tax-free up to the statutory rate.").format(agreed=agreed)
        if "cap_ore" not in basis:
            return ""
        cap = self.kroner(basis["cap_ore"])
        if "homes" in basis:
            return self.texts.ngettext(
                "At most {cap} kr. is covered for a network of {homes} home.",
                "At most {cap} kr. is covered for a network of {homes} homes.",
                basis["homes"],
            ).format(cap=cap, homes=basis["homes"])
        if self.line.component == Component.FREE_COSTS:
            return _("At most {cap} kr. is covered in a calendar year.").format(cap=cap)
        return _("At most {cap} kr. is covered.").format(cap=cap)

    def correction(self) -> Iterator[str]:
        _ = self.texts.gettext
        if self.line.corrects:
            yield _("Corrects line {line}.").format(line=self.line.corrects)
        if made := self.behind.decisions.get(self.line.decision or ""):
            yield _("Follows decision {decision} by {who} on {day}.").format(
                decision=made.ref, who=made.decided_by, day=self.local(made.decided_at)
            )

    def held(self) -> str:
        _ = self.texts.gettext
        because = _(HOLDS[Hold(str(self.line.held_because))])
        text = _("Held, not paid until somebody decides: {because}.").format(because=because)
        if self.line.carried_from:
            text += " " + _("Held since line {line}.").format(line=self.line.carried_from)
        return text

    def when(self) -> str:
        _, sources, basis = self.texts.gettext, ", ".join(self.line.sources), self.line.basis
        if self.line.unit in ("km", "grant", "gathering"):
            about = basis.get("purpose") or basis.get("benefit") or basis.get("kind")
            day = ", ".join(map(self.day, self.dates()))
            if about in ABOUT and len(self.line.sources) == 1:
                return _("{about}, {day}, by claim {claim}.").format(about=_(ABOUT[about]), day=day, claim=sources)
            return _("{day}, by claim {claim}.").format(day=day, claim=sources)
        if self.line.sources:
            days = ", ".join(self.day(night) for night in self.dates())
            return _("Nights that begin on {days}; reported as {stays}.").format(days=days, stays=sources)
        return _("Days: {days}.").format(days=", ".join(self.spell(*span) for span in spans(basis["days"])))

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
            source=rate.source,
        )
        if rate.status == "unconfirmed":
            yield _("Warning: the source doesn't confirm this rate finally; it may still be adjusted.")

    def rules(self) -> Iterator[str]:
        _, component = self.texts.gettext, Component(self.line.component)
        text = MONTHS_FEE if self.line.unit == "month" and component == Component.FEE else RULES.get(component)
        yield _(text or BY_THE_NIGHT).format(row=self.line.basis["row"])
        if component == Component.FEE:
            yield _("The fee is taxable income and isn't pensionable.")
        if component == Component.BOARD_LODGING:
            law = policy(self.line.municipality).value("law.board_lodging", self.dates()[-1])
            yield _("Law: {law}.").format(law=law)

    def who(self) -> str:
        _ = self.texts.gettext
        run = self.run
        prepared = _("Prepared by {who} on {day} from what was known then").format(
            who=_("the monthly run") if is_job(run.prepared_by) else run.prepared_by, day=self.local(run.prepared_at)
        )
        approved = _("not approved yet")
        if run.approved_by and run.approved_at:
            approved = _("approved by {who} on {day}").format(who=run.approved_by, day=self.local(run.approved_at))
        return f"{prepared}; {approved}."

    def dates(self) -> list[date]:
        first = month(self.line.period).first
        return [
            first.replace(day=number)
            for begin, end in spans(self.line.basis["days"])
            for number in range(begin, end + 1)
        ]

    def spell(self, begin: int, end: int) -> str:
        first = month(self.line.period).first
        days = [self.day(first.replace(day=number)) for number in dict.fromkeys((begin, end))]
        return " – ".join(days)

    def local(self, instant: datetime) -> str:
        return self.day(policy(self.line.municipality).today(instant))

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=LOCALES[self.language])

    def kroner(self, ore: int) -> str:
        return self.amount(Decimal(ore) / 100)

    def amount(self, amount: Decimal | str) -> str:
        return format_decimal(Decimal(amount), "#,##0.00", locale=LOCALES[self.language])

    def number(self, number: Decimal) -> str:
        return format_decimal(number, "#,##0.###", locale=LOCALES[self.language])
