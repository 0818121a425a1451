"""`plejeflow document template`"""

from pathlib import Path

import click

from commands.acting import acting, connected
from commands.files import write_file
from commands.grammar import Group, a_file, as_email, as_json, of_municipality
from commands.printing import show
from data.store.session import reading, writing

template_name = click.option("--name", required=True, help="Such as contract_network.")


@click.group(cls=Group)
def template() -> None:
    """Word templates: the shipped ones, and municipalities' own."""


@template.command("list")
@as_json
def template_list(as_json: bool) -> None:
    """Every template, the languages it comes in, and who uses one of their own."""
    connected()
    from tasks.documents.made import templates

    with reading() as s:
        show([row._asdict() for row in templates(s)], as_json, "no templates")


@template.command("save")
@click.argument("name")
@click.option("--language", type=click.Choice(["da", "nb"]), help="The shipped one.")
@click.option("--municipality", metavar="KEY", help="The one it uses: its own, else the shipped.")
@click.option("--to", "path", metavar="FILE", type=a_file, required=True)
def template_save(name: str, language: str | None, municipality: str | None, path: Path) -> None:
    """Write a template to a file, to be edited in Word."""
    if (language is None) == (municipality is None):
        raise click.UsageError("say either --language or --municipality")
    connected()
    from tasks.documents.made import shipped, template_in_use

    with reading() as s:
        write_file(path, template_in_use(s, municipality, name) if municipality else shipped(name, str(language)))
    click.echo(f"{name} is in {path}")


@template.command("check")
@click.argument("path", metavar="FILE", type=a_file)
@template_name
def template_check(path: Path, name: str) -> None:
    """Say what is wrong with a template; nothing is loaded."""
    from tasks.documents.made import named
    from tasks.documents.word_check import check_template, template_file

    check_template(template_file(path), named(name))
    click.echo(f"{path} is in order as {name}")


@template.command("load")
@click.argument("path", metavar="FILE", type=a_file)
@template_name
@of_municipality
@as_email
def template_load(path: Path, name: str, municipality: str, email: str) -> None:
    """Use a municipality's own version of a template from now on."""
    from tasks.documents.made import load_template
    from tasks.documents.word_check import template_file

    content = template_file(path)
    settings, actor = acting(email, municipality)
    with writing() as s:
        load_template(s, municipality, name, content, actor=actor, now=settings.now())
    click.echo(f"{municipality} uses its own {name} from now on")
