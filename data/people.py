"""Staff and families as the persons who act."""

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches

from sqlmodel import Session, col, select

from data.store.asking import ASKED_AT_ONCE, batched
from data.store.facts import find, stands
from data.tables import Child, Family, Staff
from rules.mail_address import address_key
from rules.references import tidy
from rules.refusal import Refusal


class UnknownPerson(Refusal):
    def __init__(self, municipality: str) -> None:
        super().__init__(
            f"nobody with that e-mail address works for {municipality} or is the case's family; "
            "check the address given with --as, or import it in the sheet staff"
        )


class HasLeft(Refusal):
    def __init__(self, staff: Staff) -> None:
        super().__init__(f"{staff.ref} left on {staff.left_on} (sheet staff) and acts no more; let a colleague do it")


def current_staff(s: Session, municipality: str) -> dict[str, Staff]:
    """By reference."""
    staff = select(Staff).where(Staff.municipality == municipality, stands(Staff))
    return {person.ref: person for person in s.exec(staff)}


def staff_elsewhere(s: Session, refs: Collection[str]) -> dict[str, dict[str, Staff]]:
    """By reference the whole staff of the municipality that the person works for; of those who are no staff nothing."""
    rows = select(Staff.ref, Staff.municipality).where(col(Staff.ref).in_(refs), col(Staff.superseded_at).is_(None))
    works_for: dict[str, str] = dict(s.exec(rows).all()) if refs else {}
    staff = {municipality: current_staff(s, municipality) for municipality in set(works_for.values())}
    return {ref: staff[municipality] for ref, municipality in works_for.items()}


def peopled(s: Session) -> set[str]:
    """Keys of the municipalities that have staff, families or children here."""
    found: set[str] = set()
    for table in (Staff, Family, Child):
        found |= set(s.exec(select(table.municipality).where(stands(table)).distinct()))
    return found


def addresses_of(s: Session, families: Collection[str]) -> dict[str, str | None]:
    """By reference; nothing else of a family is read, and so decrypted."""
    current = select(Family.ref, Family.email).where(stands(Family))
    return {
        ref: email
        for some in batched(sorted(families), ASKED_AT_ONCE)
        for ref, email in s.exec(current.where(col(Family.ref).in_(some)))
    }


def person_by_email(
    s: Session, email: str, *, municipality: str, on: date, family: str | None = None, asked: str | None = None
) -> Staff | Family:
    """Whose address it is; `asked` may work for another municipality, as a contact does.

    Raises UnknownPerson, and HasLeft where only somebody who left had it.
    """
    wanted = address_key(email)
    own = current_staff(s, municipality)
    others = {} if asked is None or asked in own else staff_elsewhere(s, [asked]).get(asked, {})
    found = [
        person for person in [*own.values(), *others.values()] if person.email and address_key(person.email) == wanted
    ]
    for person in found:
        if not person.has_left(on):
            return person
    home = find(s, Family, family)
    if home is not None and home.email and address_key(home.email) == wanted:
        return home
    raise HasLeft(found[0]) if found else UnknownPerson(municipality)


def known_person(s: Session, ref: str) -> str:
    """The reference as it is known: of somebody of the staff or of a family, now or before. Raises Refusal."""
    said = tidy(ref)
    if any(s.exec(select(table.ref).where(table.ref == said).limit(1)).first() for table in (Staff, Family)):
        return said
    refs = {known.casefold(): known for table in (Staff, Family) for known in s.exec(select(table.ref).distinct())}
    near = get_close_matches(said.casefold()[:80], refs, n=1)
    hint = (
        f"did you mean {refs[near[0]]}?" if near else "give a reference of the sheet staff or families, such as RA-S01"
    )
    raise Refusal(f"nobody is known as {ref[:80]!r}; {hint}")
