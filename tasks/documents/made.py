"""Documents made from Word templates: the municipality's own, else the shipped one; stored once and kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec

from sqlmodel import Session

from data.documents import find_document, latest_document, own_template
from data.people import current_staff
from data.policies import municipalities, policy_of
from data.store.audit import Actor, audit, job
from data.store.session import lock
from data.tables import Document, DocumentTemplate
from rules.document_fields import ALWAYS, KINDS, lists, single
from rules.refusal import Refusal
from rules.rights import Right, held_by, may
from tasks.documents.word import fill
from tasks.documents.word_check import check_template

if TYPE_CHECKING:
    from tasks.cases.case import Case

SHIPPED = Path(__file__).parent.parent.parent / "templates" / "documents"
"""One folder a language."""
ENGINE = "case engine"

P = ParamSpec("P")
Context = Mapping[str, Any]
"""A field's value: text, day, number, yes or no, None for nothing, or a list of rows."""


class UnknownTemplate(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no document {name!r}; there is {', '.join(KINDS)}")


def load_template(
    s: Session, municipality: str, name: str, content: bytes, *, actor: Actor, now: datetime
) -> DocumentTemplate:
    """A municipality's own version of a template, used from now on. Raises Refusals with all its faults."""
    policy = policy_of(municipality)
    right = Right.LOAD_TEMPLATE
    if not may(current_staff(s, policy.key), actor.ref, right, policy.today(now)):
        raise Refusal(f"{actor.ref} may not {right}; somebody with the role {held_by(right)} has to")
    check_template(content, named(name))
    digest = sha256(content).hexdigest()
    row = DocumentTemplate(
        municipality=policy.key, name=name, content=content, digest=digest, loaded_at=now, loaded_by=actor.ref
    )
    s.add(row)
    audit(s, actor, "template loaded", f"{policy.key}/{name}", now, sha256=digest)
    return row


def named(name: str) -> str:
    if name not in KINDS:
        raise UnknownTemplate(name)
    return name


def template_in_use(s: Session, municipality: str, name: str) -> bytes:
    own = own_template(s, municipality, named(name))
    return own.content if own else shipped(name, policy_of(municipality).language)


def shipped(name: str, language: str) -> bytes:
    path = SHIPPED / language / f"{named(name)}.docx"
    if not path.exists():
        raise Refusal(
            f"no template {name} comes with plejeflow in the language {language!r}; "
            f"load the municipality's own with `plejeflow document template load`"
        )
    return path.read_bytes()


class TemplateRow(NamedTuple):
    name: str
    languages: str
    own: str
    """Municipalities that use a version of their own."""


def templates(s: Session) -> list[TemplateRow]:
    rows = []
    for name in KINDS:
        languages = sorted(path.parent.name for path in SHIPPED.glob(f"*/{name}.docx"))
        own = [key for key in municipalities() if own_template(s, key, name)]
        rows.append(TemplateRow(name, ", ".join(languages), ", ".join(own)))
    return rows


def read_document(s: Session, ref: str, *, actor: Actor, now: datetime) -> bytes:
    """Its content as it was made; who read it goes into the audit trail."""
    found = find_document(s, ref)
    audit(s, actor, "document read", ref, now, sha256=found.digest)
    return found.content


def make_document(
    s: Session, kind: str, *, about: str, municipality: str, context: Context, made_by: str, now: datetime
) -> Document:
    """The next version of this kind of document, or the latest one where it would say just the same.

    `context` holds every field of KINDS[kind]; those of ALWAYS are filled in here.
    """
    policy = policy_of(municipality)
    template = template_in_use(s, municipality, kind)
    on = policy.today(now)
    always = dict(zip(ALWAYS, (policy.name, about, on), strict=True))
    content = fill(template, {**always, **_complete(kind, context)}, language=policy.language, on=on)
    lock(s, f"document {about} {kind}")
    before = latest_document(s, about, kind)
    digest = sha256(content).hexdigest()
    if before is not None and before.digest == digest:
        return before
    ref = f"{about.replace('/', '-')}-{kind}-{before.version + 1 if before else 1}"
    made = Document(
        ref=ref,
        municipality=policy.key,
        about=about,
        kind=kind,
        version=before.version + 1 if before else 1,
        file_name=f"{ref}.docx",
        content=content,
        digest=digest,
        template_digest=sha256(template).hexdigest(),
        supersedes=before.ref if before else None,
        made_at=now,
        made_by=made_by,
    )
    s.add(made)
    audit(
        s, Actor(made_by, job(ENGINE).os_account), "document made", ref, now, sha256=digest, supersedes=made.supersedes
    )
    return made


def _complete(kind: str, context: Context) -> Context:
    wanted = (single(kind) | lists(kind).keys()) - ALWAYS.keys()
    if wanted != context.keys():
        missing, more = sorted(wanted - context.keys()), sorted(context.keys() - wanted)
        raise ValueError(f"{kind}: lacks {missing}, has no field {more}")
    return context


@dataclass(frozen=True)
class Paper:
    kind: str
    about: str = ""
    """Whom of the case; each has versions of its own."""
    part: str = ""
    """With another one the next version is made."""


def issue_document(
    case: "Case",
    paper: Paper,
    context: Callable[Concatenate[Session, P], Context],
    /,
    *args: P.args,
    **how: P.kwargs,
) -> str:
    """Makes it once in this case; the document's reference. `context` reads, and asks nothing of the case."""

    def made(s: Session) -> str:
        return make_document(
            s,
            kind=paper.kind,
            about="/".join(filter(None, (case.ref, paper.about))),
            municipality=case.municipality,
            context=context(s, *args, **how),
            made_by=job(ENGINE).ref,
            now=case.now,
        ).ref

    ref: str = case.do(" ".join(filter(None, ("document", paper.kind, paper.about, paper.part))), made)
    return ref
