"""What operators see of a payout on its run in Prefect's dashboard."""

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.context import FlowRunContext

from data.store.session import reading
from rules.months import month_of
from tasks.cases.case import Case
from tasks.payout.overview import Overview, overview
from tasks.runs.artifacts import artifact_key


def show_once(case: Case, what: str, notices: Sequence[str] = ()) -> None:
    """Once each; after a crash it may be shown again, which changes nothing."""
    shown = f"show {what}"
    if FlowRunContext.get() is None or case.did(shown):
        return
    with reading() as s:
        seen = overview(s, case.municipality, str(month_of(case.ref)))
    _show(case, seen, notices)
    case.do(shown, lambda s: True)


def _show(case: Case, seen: Overview, notices: Sequence[str]) -> None:
    from tasks.payout.picture import bar_chart

    key = artifact_key("payout", case.municipality, str(month_of(case.ref)))
    told = "\n".join(f"- {notice}" for notice in notices)
    # a case runs in a thread of an asynchronous flow, where Prefect would else give back a coroutine
    create_markdown_artifact(  # type: ignore[call-arg]
        _sync=True,
        key=key,
        markdown=f"# {seen.run}: {seen.status}\n\n{told}\n\n![{seen.run}]({bar_chart(seen)})\n",
        description=f"{seen.run}: by component, the last twelve months",
    )
    tables = {"totals": seen.totals, "held": seen.held, "compared": seen.compared}
    says = {"totals": "by component", "held": "held lines by reason", "compared": "beside the month before"}
    for name, table in tables.items():
        said = f"{seen.run}, {seen.status}: {says[name]}"
        create_table_artifact(key=f"{key}-{name}", table=table, description=said, _sync=True)  # type: ignore[call-arg]
