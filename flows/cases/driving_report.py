"""R10: a family reports its journeys; what is agreed is paid, what isn't waits for a person."""

from rules.processes.driving_agreement import ReportDriving
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.claims import driving
from tasks.runs.case_flow import case_flow


@case_flow(name="driving-report")
def driving_report(case: Case) -> Outcome:
    """The journeys of one report, for one placement."""
    demands = case.recall("to report", driving.open_to_report, case.family, case.policy, case.today)
    answer = case.ask(ReportDriving, of=Role.FAMILY, demands=demands)
    if not answer.journeys:
        return Outcome("Completed", f"{answer.placement}: nothing driven")
    on = case.day_of("report")
    came_to = case.do("record journeys", driving.report, case.ref, answer, case.policy, on=on, now=case.now)
    return Outcome(
        "Approved", f"{answer.placement}: " + ", ".join(f"{count} {what}" for what, count in came_to.items())
    )
