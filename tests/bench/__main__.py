"""python -m tests.bench [starting | answers | costs | workbook | payout | embedded]: what was promised, measured."""

import click

from tests.bench import answers, costs, embedded, payout, starting, workbook


@click.group(invoke_without_command=True)
@click.pass_context
def bench(context: click.Context) -> None:
    """Everything, or one of these."""
    if context.invoked_subcommand is None:
        starting.main()
        answers.main()
        costs.main()
        workbook.main()
        payout.main()


bench.command("starting")(starting.main)
bench.command("answers")(answers.main)
bench.command("costs")(costs.main)
bench.command("workbook")(workbook.main)


@bench.command("payout")
@click.option("--sizes", default=payout.SIZES, show_default=True, help="Placements, such as 10k,100k.")
def _payout(sizes: str) -> None:
    payout.main(sizes)


@bench.command("embedded")
@click.option("--rounds", default=3, show_default=True)
@click.option("--minutes", default=10.0, show_default=True, help="How long each is left alone at the end.")
def _embedded(rounds: int, minutes: float) -> None:
    """SQLite beside PostgreSQL under `up`; takes a quarter of an hour, so only when it is named."""
    embedded.main(rounds, minutes)


bench(prog_name="python -m tests.bench")
