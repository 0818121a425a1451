"""Why an amount is what it is, in words a family understands (X7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from gettext import NullTranslations

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlmodel import Session

from data.facts import known_at
from data.ledger import find_line
from data.policies import policy
from data.tables import LedgerLine, PayRun, RateRow
from rules.components.days import spans
from rules.holds import Hold
from rules.months import month
from rules.vocabulary import Component
from tasks.language import LOCALES, translator


def N_(text: str) -> str:  # noqa: N802
    return text


COMPONENTS = {
    Component.FEE: N_("Fee"),
    Component.BOARD_LODGING: N_("Board and lodging"),
}
BANDS = {
    "age 0-9": N_("for children aged 0 to 9"),
    "age 10+": N_("for children aged 10 or more"),
    "third child+": N_("for the third child and later ones in the family that night"),
}
HOLDS = {
    Hold.REPORTED_TWICE: N_("the night is reported twice for this placement"),
    Hold.OUTSIDE_PLACEMENT: N_("the nights lie before the placement's start or from its end on"),
    Hold.BEFORE_APPROVAL: N_("the nights lie before the family was approved"),
    Hold.AFTER_APPROVAL: N_("the nights lie after the family's approval ended"),
    Hold.MORE_THAN_AGREED: N_("there are more nights than the contract agrees for a month"),
    Hold.NO_TERMS: N_("no contract terms are registered for these nights"),
    Hold.NO_FEES: N_("the contract terms don't say how many fees are agreed"),
    Hold.NO_BIRTH_DATE: N_("the child's birth date isn't registered, so the rate isn't known"),
}


def explain_line(s: Session, line_id: str, language: str) -> str:
    """Plain text; references only. Raises Refusal for a line or a language that isn't there."""
    line = find_line(s, line_id)
    run = s.get_one(PayRun, line.run)
    rate = known_at(s, RateRow, line.basis["rate"], run.known_at) if "rate" in line.basis else None
    return "\n".join(_Explanation(line, run, rate, language, translator(language)).sentences())


@dataclass(frozen=True)
class _Explanation:
    line: LedgerLine
    run: PayRun
    rate: RateRow | None
    language: str
    texts: NullTranslations

    def sentences(self) -> Iterator[str]:
        yield self.heading()
        yield self.calculation()
        if self.line.held_because:
            yield self.held()
        yield self.nights()
        if self.rate:
            yield from self.rate_and_source(self.rate)
        yield from self.rules()
        yield self.who()

    def heading(self) -> str:
        _ = self.texts.gettext
        return _("{component} for {month}, placement {placement}, {tax}: {amount} kr. (line {line})").format(
            component=_(COMPONENTS[Component(self.line.component)]),
            month=format_date(month(self.line.period).first, "LLLL y", locale=LOCALES[self.language]),
            placement=self.line.subject,
            tax=_("taxable") if self.line.taxable else _("tax-free"),
            amount=self.kroner(self.line.amount_ore),
            line=self.line.id,
        )

    def calculation(self) -> str:
        _, ngettext = self.texts.gettext, self.texts.ngettext
        if self.line.held_because in (Hold.NO_TERMS, Hold.NO_FEES, Hold.NO_BIRTH_DATE):
            return _("No amount can be computed yet.")
        count = self.line.quantity // 1000
        nights = ngettext("{count} night", "{count} nights", count).format(count=count)
        amount, rate = self.kroner(self.line.amount_ore), self.amount(self.line.rate)
        if self.line.component == Component.FEE:
            fees = self.number(Decimal(self.line.basis["fees_tenths"]) / 10)
            return _("{nights} × {rate} kr. × {fees} (fees agreed) = {amount} kr.").format(
                nights=nights, rate=rate, fees=fees, amount=amount
            )
        sum_ = _("{nights} × {rate} kr. = {amount} kr.").format(nights=nights, rate=rate, amount=amount)
        return f"{sum_} {self.agreed()}".rstrip()

    def agreed(self) -> str:
        _ = self.texts.gettext
        agreed = self.line.basis.get("board_lodging_ore")
        if agreed is None:
            return ""
        if self.line.taxable:
            return _("{agreed} kr. a night is agreed; what is above the statutory rate is taxable.").format(
                agreed=self.kroner(agreed)
            )
        return _("{agreed} kr. a night is agreed; it is tax-free up to the statutory rate.").format(
            agreed=self.kroner(agreed)
        )

    def held(self) -> str:
        _ = self.texts.gettext
        because = _(HOLDS[Hold(str(self.line.held_because))])
        return _("Held, not paid until somebody decides: {because}.").format(because=because)

    def nights(self) -> str:
        _ = self.texts.gettext
        days = ", ".join(self.day(night) for night in self.dates())
        return _("Nights that begin on {days}; reported as {stays}.").format(
            days=days, stays=", ".join(self.line.sources)
        )

    def rate_and_source(self, rate: RateRow) -> Iterator[str]:
        _ = self.texts.gettext
        band = f" {_(BANDS[rate.band])}" if rate.band else ""
        yield _("Rate: {rate} kr. a night{band}, in force since {since}. Source: {source}.").format(
            rate=self.amount(rate.amount), band=band, since=self.day(rate.valid_from), source=rate.source
        )
        if rate.status == "unconfirmed":
            yield _("Warning: the source doesn't confirm this rate finally; it may still be adjusted.")

    def rules(self) -> Iterator[str]:
        _ = self.texts.gettext
        yield _("Rule {row}: an overnight stay is one night, whatever the hour of arrival and departure.").format(
            row=self.line.basis["row"]
        )
        if self.line.component == Component.FEE:
            yield _("The fee is taxable income and isn't pensionable.")
        else:
            law = policy(self.line.municipality).value("law.board_lodging", self.dates()[-1])
            yield _("Law: {law}.").format(law=law)

    def dates(self) -> list[date]:
        first = month(self.line.period).first
        return [
            first.replace(day=number)
            for begin, end in spans(self.line.basis["days"])
            for number in range(begin, end + 1)
        ]

    def who(self) -> str:
        _ = self.texts.gettext
        prepared = _("Prepared by {who} on {day} from what was known then").format(
            who=self.run.prepared_by, day=self.day(self.run.prepared_at.date())
        )
        by = self.run.approved_by
        approved = _("approved by {who}").format(who=by) if by else _("not approved yet")
        return f"{prepared}; {approved}."

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=LOCALES[self.language])

    def kroner(self, ore: int) -> str:
        return self.amount(Decimal(ore) / 100)

    def amount(self, amount: Decimal | str) -> str:
        return format_decimal(Decimal(amount), "#,##0.00", locale=LOCALES[self.language])

    def number(self, number: Decimal) -> str:
        return format_decimal(number, "0.#", locale=LOCALES[self.language])
