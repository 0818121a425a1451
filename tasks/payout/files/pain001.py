"""The payments file for a municipality that pays into accounts itself: ISO 20022 pain.001, tax-free lines only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from sepaxml.validation import ValidationError, try_valid_xml

from rules.accounts import Account, account
from rules.bank_text import bank_text
from rules.debtor import DEBTOR
from rules.policy import PolicyMissing
from rules.refusal import Refusal, Refusals
from tasks.payout.files.month import PayMonth, kroner

SCHEMA = "pain.001.001.09"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
LONGEST_ID, LONGEST_NAME = 35, 70


class DebtorUnknown(Refusals):
    """Policy doesn't say from which account the municipality pays."""


class Debtor(NamedTuple):
    name: str
    account: Account
    bic: str
    bank_agreement: str


class Transfer(NamedTuple):
    family: str
    name: str
    account: Account
    amount_ore: int


@dataclass(frozen=True)
class Payments:
    debtor: Debtor
    transfers: list[Transfer]
    left_out: dict[str, int]
    """Families whose tax-free lines come to nothing or less, with that sum in øre: a bank transfers neither."""

    @property
    def amount_ore(self) -> int:
        return sum(transfer.amount_ore for transfer in self.transfers)


def payments_of(month: PayMonth) -> Payments:
    """One transfer a family. Raises DebtorUnknown."""
    sums: dict[str, int] = defaultdict(int)
    for line in month.lines:
        if month.paid_by(line) == "account":
            sums[line.family] += line.amount_ore
    transfers = []
    for family, ore in sorted(sums.items()):
        payee = month.payees[family]
        to = account(payee.account or "", month.policy.country)
        if ore > 0 and to:
            transfers.append(Transfer(family, payee.name or family, to, ore))
    return Payments(_debtor(month), transfers, {family: ore for family, ore in sorted(sums.items()) if ore <= 0})


def _debtor(month: PayMonth) -> Debtor:
    values, missing = [], []
    for key in DEBTOR:
        try:
            values.append(month.setting(key))
        except PolicyMissing as refusal:
            missing.append(str(refusal))
    if missing:
        raise DebtorUnknown(missing)
    own = account(values[0], month.policy.country)
    if own is None:
        raise DebtorUnknown([f"{month.policy.key}: payout.debtor.account is no account of {month.policy.country}"])
    return Debtor(month.policy.name, own, *values[1:])


def write_payments(path: Path, month: PayMonth, payments: Payments) -> None:
    """Raises Refusal for what the bank's schema doesn't allow."""
    ElementTree.register_namespace("", NAMESPACE)
    content: bytes = ElementTree.tostring(_document(month, payments), encoding="utf-8", xml_declaration=True)
    try:
        try_valid_xml(content, SCHEMA)
    except ValidationError:
        raise Refusal(
            f"{month.run.ref}: the payments file doesn't fit {SCHEMA}; nothing was written, look at payout.debtor.* "
            "in the policy"
        ) from None
    path.write_bytes(content)


def _document(month: PayMonth, payments: Payments) -> ElementTree.Element:
    root = ElementTree.Element(f"{{{NAMESPACE}}}Document")
    initiation = _part(root, "CstmrCdtTrfInitn")
    released = (month.run.released_at or month.run.prepared_at).astimezone(UTC)
    message = bank_text(month.run.ref, LONGEST_ID)
    count, total = str(len(payments.transfers)), f"{kroner(payments.amount_ore):f}"
    header = _part(initiation, "GrpHdr", {"MsgId": message, "CreDtTm": f"{released:%Y-%m-%dT%H:%M:%S}Z"})
    _fill(header, {"NbOfTxs": count, "CtrlSum": total})
    initiator = _part(header, "InitgPty", {"Nm": bank_text(payments.debtor.name, LONGEST_NAME)})
    agreement = _part(_part(_part(initiator, "Id"), "OrgId"), "Othr", {"Id": payments.debtor.bank_agreement})
    _part(agreement, "SchmeNm", {"Cd": "CUST"})
    group = _part(initiation, "PmtInf", {"PmtInfId": message, "PmtMtd": "TRF", "NbOfTxs": count, "CtrlSum": total})
    _part(_part(group, "PmtTpInf"), "SvcLvl", {"Cd": "NURG"})
    _part(group, "ReqdExctnDt", {"Dt": month.paid_on.isoformat()})
    _part(group, "Dbtr", {"Nm": bank_text(payments.debtor.name, LONGEST_NAME)})
    _account(_part(group, "DbtrAcct"), payments.debtor.account)
    _part(_part(group, "DbtrAgt"), "FinInstnId", {"BICFI": payments.debtor.bic})
    for transfer in payments.transfers:
        _transfer(_part(group, "CdtTrfTxInf"), month, transfer)
    return root


def _transfer(node: ElementTree.Element, month: PayMonth, transfer: Transfer) -> None:
    _part(node, "PmtId", {"EndToEndId": _end_to_end(month.run.ref, transfer.family)})
    amount = _part(_part(node, "Amt"), "InstdAmt")
    amount.text = f"{kroner(transfer.amount_ore):f}"
    amount.set("Ccy", month.currency)
    _part(node, "Cdtr", {"Nm": bank_text(transfer.name, LONGEST_NAME)})
    _account(_part(node, "CdtrAcct"), transfer.account)
    _part(node, "RmtInf", {"Ustrd": bank_text(month.run.ref, LONGEST_ID)})


def _end_to_end(run: str, family: str) -> str:
    """Run and family; where a bank wouldn't take that as it is, the family's digest, so that no two meet."""
    plain = f"{run}/{family}"
    if bank_text(plain, LONGEST_ID) == plain:
        return plain
    return f"{bank_text(run, LONGEST_ID - 21)}/{sha256(family.encode()).hexdigest()[:20]}"


def _account(node: ElementTree.Element, of: Account) -> None:
    identified = _part(node, "Id")
    if of.is_iban:
        _fill(identified, {"IBAN": of.number})
    else:
        _part(_part(identified, "Othr", {"Id": of.number}), "SchmeNm", {"Cd": "BBAN"})


def _part(parent: ElementTree.Element, name: str, texts: dict[str, str] | None = None) -> ElementTree.Element:
    """A new element, with elements in it that hold these texts."""
    part = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    _fill(part, texts or {})
    return part


def _fill(parent: ElementTree.Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        _part(parent, name).text = text
