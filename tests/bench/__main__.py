"""python -m tests.bench [answers | workbook | payout]: what was promised of speed and memory, measured here and now."""

import click

from tests.bench import answers, payout, workbook


@click.group(invoke_without_command=True)
@click.pass_context
def bench(context: click.Context) -> None:
    """Everything, or one of these."""
    if context.invoked_subcommand is None:
        answers.main()
        workbook.main()
        payout.main()


bench.command("answers")(answers.main)
bench.command("workbook")(workbook.main)


@bench.command("payout")
@click.option("--sizes", default=payout.SIZES, show_default=True, help="Placements, such as 10k,100k.")
def _payout(sizes: str) -> None:
    payout.main(sizes)


bench(prog_name="python -m tests.bench")
