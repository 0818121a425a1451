"""`plejeflow payout`"""

from pathlib import Path

import click

from commands.acting import acting, connected
from commands.carrying_on import month_goes_on
from commands.grammar import Group, a_file, as_email, as_json, of_municipality
from commands.printing import notes, print_json, show
from data.pay.ledger import find_line
from data.policies import policy_of
from data.store.session import reading
from data.tables import Decision
from rules.months import month
from web.shown.pay import line_cells, rejection_line, run_as_json


@click.group(cls=Group)
def payout() -> None:
    """Monthly pay: drafts, lines and why."""


@payout.command("prepare")
@click.argument("period")
@of_municipality
@as_email
@as_json
def payout_prepare(period: str, municipality: str, email: str, as_json: bool) -> None:
    """Compute a month as a draft; a draft may be computed again."""
    month(period)
    settings, actor = acting(email, municipality)
    from tasks.payout import prepare_payout

    summary = prepare_payout(municipality, period, actor=actor, now=settings.now())
    month_goes_on(settings, summary.run)
    notes(summary.notices)
    fields = {key: value for key, value in vars(summary).items() if key != "notices"}
    show([fields], as_json, "")


@payout.command("approve")
@click.argument("period")
@of_municipality
@click.option("--as-it-stands", is_flag=True, help="Although facts have come in since it was prepared.")
@as_email
def payout_approve(period: str, municipality: str, as_it_stands: bool, email: str) -> None:
    """Approve a draft that somebody else prepared and decided about."""
    settings, actor = acting(email, municipality)
    from tasks.payout import approve_payout

    run = approve_payout(municipality, period, actor=actor, now=settings.now(), as_it_stands=as_it_stands)
    click.echo(f"{run.ref} is approved by {run.approved_by}")
    month_goes_on(settings, run.ref)


@payout.command("discard")
@click.argument("period")
@of_municipality
@as_email
def payout_discard(period: str, municipality: str, email: str) -> None:
    """Take a draft away, with the tasks and the mails that wait about it."""
    settings, actor = acting(email, municipality)
    from tasks.payout import discard_payout

    run = discard_payout(municipality, period, actor=actor, now=settings.now())
    click.echo(f"{run.ref} is discarded; nothing was paid")
    month_goes_on(settings, run.ref)


@payout.command("release")
@click.argument("period")
@of_municipality
@as_email
def payout_release(period: str, municipality: str, email: str) -> None:
    """Release an approved month; it never changes again."""
    settings, actor = acting(email, municipality)
    from tasks.payout import release_payout

    run = release_payout(municipality, period, actor=actor, now=settings.now())
    click.echo(f"{run.ref} is released by {run.released_by}")
    month_goes_on(settings, run.ref)


@payout.command("export")
@click.argument("period")
@of_municipality
@click.option("--to", "folder", metavar="FOLDER", type=a_file, required=True, help="Where the files go; it must exist.")
@as_email
@as_json
def payout_export(period: str, municipality: str, folder: Path, email: str, as_json: bool) -> None:
    """Write the payroll files and pay statements of a released month."""
    month(period)
    settings, actor = acting(email, municipality)
    from tasks.payout.files import export_payout

    done = export_payout(municipality, period, folder, actor=actor, now=settings.now())
    month_goes_on(settings, done.run)
    notes(done.notices)
    if as_json:
        print_json(vars(done))
        return
    statements = [file for file in done.files if file["name"].startswith("statements/")]
    show([file for file in done.files if file not in statements], False, "")
    click.echo(f"and {len(statements)} pay statements in {folder / 'statements'}; to be paid on {done.payment_date}")


@payout.command("decide")
@click.argument("line")
@click.argument("decision", type=click.Choice(["pay", "waive", "recover"]))
@click.option("--reason", required=True, help="Why; it is kept with the decision.")
@click.option("--instalments", type=click.IntRange(1), default=1, show_default=True, help="For recover.")
@as_email
def payout_decide(line: str, decision: str, reason: str, instalments: int, email: str) -> None:
    """Decide about a held or overpaid line; takes effect in the next draft."""
    connected()
    with reading() as s:
        municipality = find_line(s, line).municipality
    settings, actor = acting(email, municipality)
    from tasks.payout import decide_line

    made = decide_line(
        line, Decision(decision), reason=reason, actor=actor, now=settings.now(), instalments=instalments
    )
    about = f"{made.component} {made.period}, {made.subject} in {made.family}"
    click.echo(f"{made.ref}: {line} {decision}: {about}, {made.amount_ore / 100:.2f} kr.")


@payout.command("compare")
@click.argument("period")
@of_municipality
@as_json
def payout_compare(period: str, municipality: str, as_json: bool) -> None:
    """A month as it was computed on its day beside what is known now; differences only."""
    settings = connected()
    from tasks.payout import compare_payout

    rows = [row._asdict() for row in compare_payout(municipality, period, settings.now())]
    show(rows, as_json, "nothing would be computed otherwise today")


@payout.command("show")
@click.argument("period")
@of_municipality
@as_json
def payout_show(period: str, municipality: str, as_json: bool) -> None:
    """A month's lines."""
    connected()
    month(period)
    with reading() as s:
        run = run_as_json(s, policy_of(municipality).key, period)
    if as_json:
        print_json(run)
        return
    click.echo(f"{run['municipality']} {run['payroll_month']}: {run['status']}")
    for no in run.get("rejected", []):
        click.echo(rejection_line(no))
    from tasks.words.language import translator

    say = translator(policy_of(municipality).language).gettext
    show([line_cells(line, say) for line in run["lines"]], False, "no lines")


@payout.command("explain")
@click.argument("line")
@click.option("--language", type=click.Choice(["da", "nb", "en"]), help="Else the municipality's own.")
def payout_explain(line: str, language: str | None) -> None:
    """Why an amount is what it is."""
    connected()
    from tasks.explained.lines import explain_line

    with reading() as s:
        chosen = language or policy_of(find_line(s, line).municipality).language
        click.echo(explain_line(s, line, chosen))
