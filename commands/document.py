"""`plejeflow document`"""

from pathlib import Path

import click

from commands.acting import acting, connected
from commands.files import write_file
from commands.grammar import Group, a_file, as_email, as_json
from commands.printing import show
from commands.template import template
from data.documents import find_document, list_documents
from data.store.session import reading, writing
from web.shown.documents import document_row


@click.group(cls=Group)
def document() -> None:
    """Contracts, decisions and reports, and the Word templates they are made with."""


document.add_command(template)


@document.command("list")
@click.option("--about", metavar="REF", help="Only those about a case, with each of its people.")
@as_json
def document_list(about: str | None, as_json: bool) -> None:
    """Documents that were made; a later version names the one it supersedes."""
    connected()
    with reading() as s:
        rows = [document_row(each) for each in list_documents(s, about=about)]
    show(rows, as_json, "no documents")


@document.command("save")
@click.argument("ref")
@click.option("--to", "path", metavar="FILE", type=a_file, required=True)
@as_email
def document_save(ref: str, path: Path, email: str) -> None:
    """Write a document to a file, as it was made; who read it is recorded."""
    connected()
    with reading() as s:
        municipality = find_document(s, ref).municipality
    settings, actor = acting(email, municipality)
    from tasks.documents.made import read_document

    with writing() as s:
        write_file(path, read_document(s, ref, actor=actor, now=settings.now()))
    click.echo(f"{ref} is in {path}")
