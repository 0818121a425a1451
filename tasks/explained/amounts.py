"""What one amount is made of, in words: its factors, its limits, its nights or claims."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from gettext import NullTranslations

from babel.dates import format_date
from babel.numbers import format_decimal

from data.policies import policy_of
from data.store.audit import is_operator
from data.tables import LedgerLine
from rules.components.days import spans
from rules.holds import OPEN
from rules.months import month
from rules.vocabulary import Component
from tasks.words.language import LOCALES, in_kroner
from tasks.words.language import amount as in_words
from tasks.words.pay_words import ABOUT


@dataclass(frozen=True)
class Amount:
    line: LedgerLine
    language: str
    texts: NullTranslations

    def calculation(self) -> str:
        _, basis = self.texts.gettext, self.line.basis
        if self.line.held_because in OPEN:
            return _("No amount can be computed yet.")
        if self.line.component == Component.GATHERING:
            return _("Receipts of {amount} kr.").format(amount=self.kroner(basis["asked_ore"]))
        if "asked_ore" in basis:
            return _("Granted: {amount} kr.").format(amount=self.kroner(basis["asked_ore"]))
        if not self.line.rate:
            return _("A part of it: {amount} kr.").format(amount=self.kroner(self.line.amount_ore))
        return _("{calculation} = {amount} kr.").format(
            calculation=" × ".join(self.factors()), amount=self.kroner(self.line.amount_ore)
        )

    def factors(self) -> Iterator[str]:
        _, ngettext, basis = self.texts.gettext, self.texts.ngettext, self.line.basis
        count = sum(last - first + 1 for first, last in spans(basis["days"]))
        rate = self.amount(self.line.rate)
        if self.line.unit == "km":
            yield _("{count} km").format(count=self.number(Decimal(self.line.quantity) / 1000))
        elif self.line.unit == "night" and "noon_days" in basis:
            yield ngettext("{count} day from noon to noon", "{count} days from noon to noon", count).format(count=count)
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

    def placed(self) -> Iterator[str]:
        """Whether there are so many days that the month counts as a placement."""
        _, basis = self.texts.gettext, self.line.basis
        if "noon_days" in basis and basis["noon_days"] >= basis["placement_from"]:
            yield _(
                "The month counted as a placement when this was computed: {days} days were reported for it, "
                "{limit} or more make it one."
            ).format(days=basis["noon_days"], limit=basis["placement_from"])

    def of_network(self) -> bool:
        return self.line.basis["row"] in ("N1", "N2") and self.line.component != Component.OUTLAY

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
            if "noon_days" in basis:
                return _("Days that begin at noon on {days}; reported as {stays}.").format(days=days, stays=sources)
            return _("Nights that begin on {days}; reported as {stays}.").format(days=days, stays=sources)
        return _("Days: {days}.").format(days=", ".join(self.spell(*span) for span in spans(basis["days"])))

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

    def named(self, who: str) -> str:
        """A person by the municipality's own reference."""
        _ = self.texts.gettext
        return _("the operator") if is_operator(who) else who

    def local(self, instant: datetime) -> str:
        return self.day(policy_of(self.line.municipality).today(instant))

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=LOCALES[self.language])

    def kroner(self, ore: int) -> str:
        return in_kroner(ore, self.language)

    def amount(self, amount: Decimal | str) -> str:
        return in_words(Decimal(amount), self.language)

    def number(self, number: Decimal) -> str:
        return format_decimal(number, "#,##0.###", locale=LOCALES[self.language])
