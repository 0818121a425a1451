"""A municipality begins here on a day, with fifty placements of whose history nothing is known: nobody is flooded."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlmodel import select

from data.beginnings import began_on
from data.duties import broken_deadlines, standings
from data.outbox import list_mails
from data.policies import policy_of
from data.rates import load_shipped
from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import AuditEntry, Child, ExpenseClaim, GeneratedTask, Happening, Network, NetworkHome, Placement
from data.tables.base import Fact
from rules.duties.standing import State
from rules.half_years import open_collection
from rules.refusal import Refusal
from tasks.caseload import export_workbook, import_workbook
from tasks.cases.answers import answer_task
from tasks.claims.year_end import give_late_claims, send_year_end_reminders
from tasks.duties.asked import ask_what_is_due
from tasks.duties.beginnings import begin_duties
from tasks.families.development_plan import open_missing
from tasks.families.emergency_line import report_usage
from tasks.networks.watch import watch_networks
from tasks.placements.half_year import collect_reports
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tests.homes import home, remember
from tests.letters import opened, part
from tests.people import email, staff
from tests.walk.jobs import carry_out
from tests.walk.schedule import fires

OPERATOR = Actor("os:tests", "tests")
BEGIN = date(2026, 11, 30)
"""A Monday, with December's jobs to come."""
FIRST_MONTH = [BEGIN + timedelta(days=n) for n in range(31)]
PLACED = date(2023, 6, 1)
CONSULTANTS = ("HJ-S11", "HJ-S12", "HJ-S13")
ADVISERS = ("HJ-S21", "HJ-S22")
MOST_A_DAY = 3


def at(day: date, hour: int = 5) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def know(*facts: Fact) -> None:
    with writing() as s:
        for fact in facts:
            remember(s, fact, at(BEGIN - timedelta(days=3)))


def placed(n: int, start: date = PLACED) -> list[Fact]:
    when = at(BEGIN)
    return [
        *home(ref=f"HJ-F{n:03}", recorded_at=when, municipality="hjoerring", kind="foster", email=email(f"HJ-F{n:03}"),
              consultant=CONSULTANTS[n % 3], approved_from=date(2023, 1, 1)),
        Child(ref=f"HJ-B{n:03}", recorded_at=when, municipality="hjoerring", birth_date=date(2015, 1, 1),
              adviser=ADVISERS[n % 2]),
        Placement(ref=f"HJ-P{n:03}", recorded_at=when, child=f"HJ-B{n:03}", family=f"HJ-F{n:03}", kind="full_time",
                  start=start),
    ]  # fmt: skip


@pytest.fixture
def hjoerring(sqlite_database: Settings) -> Settings:
    load_flows()
    with writing() as s:
        load_shipped(s, at(date(2019, 1, 2)))
    know(
        *(staff(ref, "family_care_consultant") for ref in CONSULTANTS),
        *(staff(ref, "child_adviser") for ref in ADVISERS),
        staff("HJ-S31", "supervisor"),
        staff("HJ-S41", "leader"),
        staff("HJ-S51", "administration,payroll"),
        *(fact for n in range(1, 51) for fact in placed(n)),
    )
    return sqlite_database


def begin(on: date = BEGIN, municipality: str = "hjoerring") -> int:
    with writing() as s:
        return begin_duties(s, municipality, on, by=OPERATOR, now=at(on, 4))


def mails() -> Counter[tuple[date, str, str]]:
    """By day, recipient and template."""
    with reading() as s:
        return Counter((mail.queued_at.date(), mail.recipient, mail.template) for mail in list_mails(s, limit=10_000))


def live(days: list[date]) -> None:
    """Every job of prefect.yaml, each day; people hold what is due on its day."""
    by_day = defaultdict(list)
    for fire in fires(days[0], days[-1]):
        by_day[fire.at.date()].append(fire)
    for day in days:
        for fire in by_day[day]:
            if fire.deployment in JOBS:
                carry_out(fire, "hjoerring", day, fire.at)
        answer_what_is_due(day)


def answer_what_is_due(day: date) -> None:
    with writing() as s:
        due = select(GeneratedTask).where(GeneratedTask.form == "DutyHeld", GeneratedTask.state == "open")
        for task in s.exec(due).all():
            if task.due_on and task.due_on <= day:
                held = {"held_on": f"{day}"}
                answer_task(s, task.ref, held, email=email(task.assignee), os_account="t", now=at(day, 12))


def test_the_first_morning_and_the_first_month_flood_nobody(hjoerring: Settings) -> None:
    assert begin() == 50
    live(FIRST_MONTH)
    by_day = mails()
    first_morning = {key: n for key, n in by_day.items() if key[0] == BEGIN}
    # the leader's week, and what is left of the rates that pay needs
    assert sum(first_morning.values()) <= 2, first_morning
    asked = Counter((day, who) for (day, who, template), n in by_day.items() for _ in range(n)
                    if template == "task_issued" and who not in ("HJ-S51",))  # fmt: skip
    assert asked
    assert max(asked.values()) <= MOST_A_DAY
    assert sum(asked.values()) <= 80
    # the rates of those years are nobody's here, and administration is asked for them
    assert {who for _, who, template in by_day if template == "task_overdue"} == {"HJ-S51"}
    with reading() as s:
        last = policy_of("hjoerring"), FIRST_MONTH[-1]
        assert {one.state for one in standings(s, *last)} <= {State.COMING, State.DUE, State.DONE}
        assert broken_deadlines(s, *last) == []


def test_without_that_day_the_same_morning_is_the_flood(hjoerring: Settings) -> None:
    assert ask_what_is_due("hjoerring", BEGIN, at(BEGIN)).asked > 200


def test_a_person_who_has_everybody_is_asked_for_a_few_a_day_however_often_it_runs(hjoerring: Settings) -> None:
    begin()
    last = date(2026, 9, 10)
    know(*(Happening(ref=f"H{n}", recorded_at=at(BEGIN), subject=f"HJ-F{n:03}", duty="supervision", held_on=last)
           for n in range(1, 31)))  # fmt: skip
    for day in FIRST_MONTH[:10]:
        for hour in (5, 6):
            ask_what_is_due("hjoerring", day, at(day, hour))
    asked = Counter((day, who) for (day, who, template) in mails().elements() if template == "task_issued")
    assert max(asked.values()) <= MOST_A_DAY
    assert asked


def test_a_placement_that_starts_afterwards_is_asked_for_in_its_ordinary_time(hjoerring: Settings) -> None:
    begin()
    know(*placed(99, start=BEGIN + timedelta(days=1)))
    with reading() as s:
        meeting = next(
            one
            for one in standings(s, policy_of("hjoerring"), BEGIN + timedelta(days=1))
            if (one.subject, one.duty.key) == ("HJ-P099", "follow_up_meeting")
        )
    assert meeting.due_on == BEGIN + timedelta(days=1, weeks=6)


def test_a_happening_imported_later_is_what_it_is_counted_from(hjoerring: Settings) -> None:
    begin()
    know(Happening(ref="H1", recorded_at=at(BEGIN), subject="HJ-F001", duty="supervision", held_on=date(2026, 11, 10)))
    with reading() as s:
        found = standings(s, policy_of("hjoerring"), BEGIN)
    due = {one.subject: one.due_on for one in found if one.duty.key == "supervision"}
    assert due["HJ-F001"] == date(2027, 2, 10)


def test_the_workbook_says_it_as_the_command_does(hjoerring: Settings, tmp_path: Path) -> None:
    folder = tmp_path
    workbook = Workbook()
    workbook.active.title = "municipalities"
    workbook.active.append(["municipality", "duties_begin"])
    workbook.active.append(["hjoerring", BEGIN])
    workbook.save(folder / "begin.xlsx")
    workbook.active["B2"] = BEGIN.replace(year=2062)
    workbook.save(folder / "mistyped.xlsx")
    with pytest.raises(Refusal, match="is more than a year away"):
        import_workbook(folder / "mistyped.xlsx", actor=OPERATOR, now=at(BEGIN, 4))
    import_workbook(folder / "begin.xlsx", actor=OPERATOR, now=at(BEGIN, 4))
    with reading() as s:
        assert began_on(s, "hjoerring") == BEGIN
        assert began_on(s, "randers") is None
    begin(BEGIN + timedelta(days=7))
    export_workbook(folder / "all.xlsx", actor=OPERATOR, now=at(BEGIN, 6), blank=False)
    sheet = load_workbook(folder / "all.xlsx")["municipalities"]
    assert [cell.value for cell in sheet[2]][:2] == ["hjoerring", datetime(2026, 12, 7)]  # noqa: DTZ001
    with reading() as s:
        assert s.exec(select(AuditEntry).where(AuditEntry.action == "duties begin")).one().subject == "hjoerring"


def half_year_is_open(day: date) -> bool:
    return open_collection(day, policy_of("hjoerring").value("half_year.opens_on", day)) is not None


def test_a_half_year_that_was_opened_before_is_asked_for_the_next_time(hjoerring: Settings) -> None:
    day = date(2026, 12, 10)
    assert half_year_is_open(day)
    begin(day)
    assert collect_reports("hjoerring", day, at(day)) == 0
    assert collect_reports("hjoerring", date(2027, 6, 15), at(date(2027, 6, 15))) == 50


def claim(ref: str, spent_on: date) -> ExpenseClaim:
    granted = {"granted_on": spent_on, "granted_amount_ore": 500_00, "amount_ore": 500_00}
    return ExpenseClaim(ref=ref, recorded_at=at(BEGIN), placement="HJ-P001", benefit="diet", regime="full",
                        applied_on=spent_on, spent_on=spent_on, **granted)  # fmt: skip


def test_documentation_of_what_was_spent_before_is_nobodys_to_chase_here(hjoerring: Settings) -> None:
    know(claim("OLD", date(2026, 10, 1)), claim("NEW", date(2026, 12, 5)))
    begin()
    day = date(2026, 12, 10)
    assert send_year_end_reminders("hjoerring", day, at(day)) == 1
    with reading() as s:
        [reminder] = list_mails(s)
        assert "NEW" in part(opened(reminder), "plain")
        assert "OLD" not in part(opened(reminder), "plain")
    late = date(2027, 1, 20)
    assert give_late_claims("hjoerring", late, at(late)) == 1


def test_without_that_day_the_old_claim_is_chased(hjoerring: Settings) -> None:
    know(claim("OLD", date(2026, 10, 1)), claim("NEW", date(2026, 12, 5)))
    late = date(2027, 1, 20)
    assert give_late_claims("hjoerring", late, at(late)) == 2


def test_the_emergency_lines_month_before_is_not_reported_as_without_calls(sqlite_database: Settings) -> None:
    know(staff("VJ-S1", "leader", municipality="vejle", email="l@vejle.example"))
    begin(date(2026, 12, 1), "vejle")
    assert report_usage("vejle", date(2026, 12, 1), at(date(2026, 12, 1))) is None
    usage = report_usage("vejle", date(2027, 1, 1), at(date(2027, 1, 1)))
    assert usage is not None
    assert usage.calls == 0


BORN_2010, TURNS_FIFTEEN = date(2010, 5, 1), date(2027, 1, 14)


def network(born: date, homes: int) -> None:
    when, contact = at(BEGIN), {"municipality": "lillehammer", "email": "c@lillehammer.example"}
    know(
        staff("LI-S1", "child_welfare_contact,leader", **contact),
        *home(ref="LI-F00", recorded_at=when, municipality="lillehammer", kind="resource_network"),
        Network(ref="LI-W1", recorded_at=when, municipality="lillehammer", resource_family="LI-F00",
                started_on=date(2025, 2, 1), contact_1="LI-S1"),
        *(fact for n in range(1, homes + 1) for fact in home_of_network(n, born)),
    )  # fmt: skip


def home_of_network(n: int, born: date, joined_on: date = date(2025, 2, 1)) -> list[Fact]:
    when, family = at(BEGIN), f"LI-F{n:02}"
    return [
        *home(ref=family, recorded_at=when, municipality="lillehammer", kind="foster"),
        Child(ref=f"LI-B{n}", recorded_at=when, municipality="lillehammer", birth_date=born),
        Placement(ref=f"LI-P{n}", recorded_at=when, child=f"LI-B{n}", family=family, kind="full_time",
                  start=date(2022, 1, 1)),
        NetworkHome(ref=f"LI-W1/{family}/{joined_on}", recorded_at=when, network="LI-W1", family=family,
                    joined_on=joined_on),
    ]  # fmt: skip


def watch(day: date) -> int:
    return watch_networks("lillehammer", day, at(day))


def consents() -> dict[str | None, date]:
    """By child, the day they were asked for."""
    with reading() as s:
        given = s.exec(select(GeneratedTask).where(GeneratedTask.form == "ChildsConsent")).all()
        return {task.about: task.issued_at.date() for task in given}


def test_children_who_were_old_enough_long_before_are_asked_for_over_the_months_it_settles_in(
    sqlite_database: Settings,
) -> None:
    network(BORN_2010, homes=5)
    begin(municipality="lillehammer")
    for week in range(15):
        watch(BEGIN + timedelta(weeks=week))
    assert BEGIN not in consents().values()
    assert consents().keys() == {f"LI-B{n}" for n in range(1, 6)}
    assert len(set(consents().values())) >= 3


def test_a_child_who_turns_fifteen_or_whose_home_joins_afterwards_is_asked_that_day(sqlite_database: Settings) -> None:
    network(TURNS_FIFTEEN.replace(year=2012), homes=3)
    begin(municipality="lillehammer")
    joins = date(2026, 12, 7)
    know(*home_of_network(4, BORN_2010, joined_on=joins))
    for day in (BEGIN, joins, TURNS_FIFTEEN - timedelta(days=1), TURNS_FIFTEEN):
        watch(day)
    assert consents() == {"LI-B4": joins, **{f"LI-B{n}": TURNS_FIFTEEN for n in range(1, 4)}}


def test_a_network_that_was_too_small_long_before_is_considered_in_its_time(sqlite_database: Settings) -> None:
    network(date(2020, 1, 1), homes=2)
    begin(municipality="lillehammer")
    days = [BEGIN + timedelta(days=n) for n in range(100)]
    for day in days:
        watch(day)
    with reading() as s:
        [asked] = s.exec(select(GeneratedTask).where(GeneratedTask.form == "NetworkSize")).all()
    assert asked.issued_at.date() > BEGIN + timedelta(days=20)


def test_development_plans_of_families_from_before_are_opened_over_the_first_quarter(sqlite_database: Settings) -> None:
    consultants = ("VH-S1", "VH-S2")
    away = {"municipality": "vesthimmerland"}
    families = [
        *(staff(ref, "family_care_consultant", email=f"{ref.lower()}@vh.example", **away) for ref in consultants),
        *(
            fact
            for n in range(50)
            for fact in home(ref=f"VH-F{n:02}", recorded_at=at(BEGIN), kind="foster", consultant=consultants[n % 2],
                             approved_from=date(2020, 1, 1), **away)
        ),
    ]  # fmt: skip
    know(*families)
    begin(municipality="vesthimmerland")
    opened_on = {day: len(open_missing("vesthimmerland", day, at(day))) for day in every_day(BEGIN, 95)}
    assert opened_on[BEGIN] == 0
    assert sum(opened_on.values()) == 50
    assert max(opened_on.values()) <= 4
    day = BEGIN + timedelta(days=96)
    know(*home(ref="VH-F99", recorded_at=at(day), kind="foster", approved_from=day, **away))
    assert len(open_missing("vesthimmerland", day, at(day))) == 1


def every_day(first: date, days: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(days)]
