"""Why a correction comes to what it does: what was paid, what is owed, which debt has ended, and what changed (X7)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from data.pay.fact_changes import Change
from data.store.audit import is_job
from data.tables import LedgerLine, PayDecision
from tasks.explained.amounts import Amount
from tasks.words.change_words import APPROVAL_OF, ELSEWHERE, FACTS, IN_THOSE_WORDS, ONCE, SECRET, TERMS_FROM, TERMS_OF
from tasks.words.document_words import YES_NO
from tasks.words.pay_words import ABOUT

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Correction(Amount):
    paid: Mapping[str, LedgerLine]
    decisions: Mapping[str, PayDecision]
    changed: list[tuple[Change, str | None]]
    """What changed, and who recorded it where that is known."""

    def sentences(self) -> Iterator[str]:
        _, basis = self.texts.gettext, self.line.basis
        yield _("{entitled} kr. is owed for the month by what is known now; {paid} kr. was paid.").format(
            entitled=self.kroner(basis["entitled_ore"]), paid=self.kroner(basis["paid_ore"])
        )
        for ref in basis["paid"]:
            if line := self.paid.get(ref):
                yield self.was_paid(line)
        for owed in basis.get("owed", []):
            yield self.is_owed(self.like(owed))
        yield from self.ended()
        yield from self.taken_back()
        yield from self.changes()

    def like(self, owed: Mapping[str, Any]) -> LedgerLine:
        """A line that was never written: what is owed now goes into the difference."""
        about = ("municipality", "period", "subject", "component", "taxable")
        since = owed["rate_from"] and date.fromisoformat(owed["rate_from"])
        return LedgerLine(**{name: getattr(self.line, name) for name in about}, **{**owed, "rate_from": since})

    def was_paid(self, line: LedgerLine) -> str:
        _, one = self.texts.gettext, replace(self, line=line)
        said = _("Paid: {amount} kr. (line {line}).").format(amount=self.kroner(line.amount_ore), line=line.id)
        if "paid" not in line.basis:
            return " ".join([said, one.made_of(), *self.by([line.decision or ""])])
        if line.decision and line.amount_ore < 0:
            return f"{said} " + _("Taken back by decision {decision}.").format(decision=line.decision)
        return f"{said} " + _("A correction.") + f" {one.when()}"

    def is_owed(self, line: LedgerLine) -> str:
        _ = self.texts.gettext
        said = _("Owed: {amount} kr.").format(amount=self.kroner(line.amount_ore))
        return " ".join([said, replace(self, line=line).made_of(), *self.by([line.decision or ""])])

    def made_of(self) -> str:
        """Factors, nights or claims, and since when the rate is in force."""
        _ = self.texts.gettext
        said = " ".join([f"{self.calculation()} {self.limits()}".rstrip(), self.when(), *self.placed()])
        if self.line.rate_from is None:
            return said
        since = self.day(self.line.rate_from)
        return f"{said} " + _("Rate in force since {since}.").format(since=since)

    def ended(self) -> Iterator[str]:
        if not (ore := self.line.basis.get("ended_ore", 0)):
            return
        _ = self.texts.gettext
        yield _("{amount} kr. of what was paid is no debt any more: it was waived.").format(amount=self.kroner(ore))
        yield from self.by(self.line.basis.get("waived", []))

    def taken_back(self) -> Iterator[str]:
        _, basis = self.texts.gettext, self.line.basis
        if "instalment" in basis:
            yield _("Instalment {number} of {instalments}.").format(
                number=basis["instalment"], instalments=basis["instalments"]
            )
        if basis.get("recovering"):
            yield _("Another part of what was paid too much is being taken back.")
            yield from self.by(basis["recovering"])

    def by(self, refs: Sequence[str]) -> Iterator[str]:
        _ = self.texts.gettext
        for made in (self.decisions[ref] for ref in refs if ref in self.decisions):
            yield _("Decision {decision} by {who} on {day}.").format(
                decision=made.ref, who=self.named(made.decided_by), day=self.local(made.decided_at)
            )

    def changes(self) -> Iterator[str]:
        _ = self.texts.gettext
        if not self.changed:
            yield _("No recorded fact about it changed since it was paid.")
        for change, who in self.changed:
            said, day = self.about(change), self.local(change.recorded_at)
            if who is None:
                yield f"{said} " + _("Recorded on {day}.").format(day=day)
            else:
                who = _("the system") if is_job(who) else self.named(who)
                yield f"{said} " + _("Recorded on {day} by {who}.").format(day=day, who=who)

    def about(self, change: Change) -> str:
        _ = self.texts.gettext
        fact = self.fact(change)
        told = IN_THOSE_WORDS.get(change.table) if change.before is None and change.ref not in fact else None
        fields = [name for name in change.fields if name != told]
        differs = "; ".join(self.differences(change, fields))
        if not differs:
            return _("New: {fact}.").format(fact=fact)
        text = _("Changed: {fact}: {changes}.") if change.before else _("New: {fact}: {changes}.")
        return text.format(fact=fact, changes=differs.removesuffix("."))

    def fact(self, change: Change) -> str:
        """By the municipality's own reference, else in words."""
        _, known = self.texts.gettext, change.before or change.now
        name = _(FACTS[change.table][0])
        if change.table == "approval" and any(numbered(change.ref, family) for family in change.links):
            return _(APPROVAL_OF)
        if change.table == "terms" and keyed(change.ref, *change.links) == "":
            text = TERMS_FROM if self.line.subject in change.links else TERMS_OF
            return _(text).format(day=self.day(known["valid_from"]), placement=known["placement"])
        if change.table == "network_home" and (home := keyed(change.ref, *change.links)):
            return name.format(ref=home)
        if change.table == "rate":
            return name.format(day=self.day(known["valid_from"]))
        return name.format(ref=change.ref)

    def differences(self, change: Change, fields: Sequence[str]) -> Iterator[str]:
        _, named = self.texts.gettext, FACTS[change.table][1]
        for name in fields:
            before, now, words = (change.before or {}).get(name), change.now.get(name), _(named[name])
            if change.before is None:
                if now is not None and name not in SECRET:
                    yield f"{words} {self.value(name, now)}"
            elif name in SECRET:
                yield _("{field} is another one").format(field=words)
            elif before is None and name in ONCE:
                yield f"{words} {self.value(name, now)}"
            else:
                yield f"{words} {self.value(name, before)} → {self.value(name, now)}"

    def value(self, name: str, value: Any) -> str:
        _ = self.texts.gettext
        if value is None:
            return _("unknown")
        if isinstance(value, bool):
            return _(YES_NO[value])
        if isinstance(value, datetime):
            return self.day(value.date())
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int):
            return self.measured(name, value)
        if value == ELSEWHERE:
            return _(ELSEWHERE)
        return _(ABOUT[value]) if value in ABOUT else str(value)

    def measured(self, name: str, value: int) -> str:
        _ = self.texts.gettext
        if name.endswith("_ore"):
            return _("{rate} kr.").format(rate=self.kroner(value))
        if name == "metres":
            return _("{count} km").format(count=self.number(Decimal(value) / 1000))
        return self.number(Decimal(value) / (10 if name == "fees_tenths" else 1))


def numbered(ref: str, family: str) -> bool:
    """As data.approvals.ref_of makes it."""
    number = ref.removeprefix(f"{family}-A")
    return number != ref and number.isdecimal()


def keyed(ref: str, *links: str) -> str | None:
    """What a natural key says between what it belongs to and its day, "" for nothing."""
    for link in links:
        rest, _, day = ref.removeprefix(f"{link}/").rpartition("/")
        if ref.startswith(f"{link}/") and ISO_DAY.fullmatch(day):
            return rest
    return None
