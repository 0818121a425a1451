import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import col, select

from data.cases import list_cases
from data.documents import find_document, list_documents
from data.policies import municipalities, policy_of
from data.settings import Settings
from data.store.session import reading
from data.tables import Happening, OutboxMail
from rules.forms.base import AnswerInvalid
from rules.joint_meetings import host
from rules.processes.joint_meeting import PlanJointMeeting
from tasks.networks.joint_meetings import open_joint_meeting
from tests import lillehammer as cast
from tests import people
from tests.letters import event, opened, part
from tests.lillehammer import (
    ASKER_CONTACT,
    ASKER_RESOURCE,
    ASKER_SECOND,
    CONTACT,
    NETWORK,
    OTHER_CONTACT,
    RESOURCE,
    THIRD_CONTACT,
    TODAY,
    network,
    story,
)
from tests.people import at
from tests.story import Story

LI, AS = {RESOURCE, CONTACT, OTHER_CONTACT}, {ASKER_RESOURCE, ASKER_CONTACT, ASKER_SECOND}
PLAN, LINK = "plan_joint_meeting", "https://meet.example/ressursfamilier"

USUAL_PLAN = {"starts_at": "2025-03-20T18:00", "link": LINK, "agenda": ["What has gone well?"]}


def both_networks() -> None:
    cast.move_in(*network(), *network(("AS-F005",), "AS-W1", ASKER_RESOURCE))


@pytest.fixture
def case(sqlite_database: Settings) -> Story:
    both_networks()
    return planned()


def planned(starts_at: str = "2025-03-20T18:00", **more: Any) -> Story:
    case = story("joint-meeting", municipality="lillehammer")
    case.answer(PLAN, starts_at=starts_at, **more)
    return case


def mails(case: Story, sequence: int) -> list[OutboxMail]:
    with reading() as s:
        dedup = f"{case.ref}:joint_meeting:{sequence}:"
        return list(s.exec(select(OutboxMail).where(col(OutboxMail.dedup).startswith(dedup))))


def move(case: Story, nth: int, **answer: Any) -> None:
    case.answer(f"move_joint_meeting:{nth}", by=OTHER_CONTACT, **answer)


def test_everybody_is_invited_by_their_own_municipality_with_calendar_file_and_link(database: Settings) -> None:
    both_networks()
    case = planned(minutes=60)
    by_municipality: dict[str, set[str]] = {}
    for mail in mails(case, 0):
        by_municipality.setdefault(mail.municipality, set()).add(mail.recipient)
        invitation = event(mail)
        assert invitation.start == datetime(2025, 3, 20, 17, tzinfo=UTC)
        assert invitation.end == datetime(2025, 3, 20, 18, tzinfo=UTC)
        text = part(opened(mail), "plain")
        assert f"Delta her: {LINK}" in text
        assert "torsdag 20. mars 2025 kl. 18.00" in text
        assert "Guidance on boundaries" not in text + str(invitation["DESCRIPTION"])
    assert by_municipality == {"lillehammer": LI, "asker": AS}
    assert THIRD_CONTACT not in LI


def test_a_resource_family_that_pauses_is_not_invited_with_its_contacts(sqlite_database: Settings) -> None:
    both_networks()
    people.move_in(people.pause(ASKER_RESOURCE, date(2025, 1, 1)))
    assert {mail.recipient for mail in mails(planned(), 0)} == LI


def test_where_every_resource_family_pauses_no_meeting_is_opened(sqlite_database: Settings) -> None:
    both_networks()
    people.move_in(*(people.pause(family, date(2025, 1, 1)) for family in (RESOURCE, ASKER_RESOURCE)))
    hosts = host(["asker", "lillehammer"], TODAY)
    assert open_joint_meeting(hosts, TODAY, at(TODAY)) is None


@pytest.mark.parametrize(
    ("starts_at", "utc"), [("2025-03-29T18:00", (2025, 3, 29, 17)), ("2025-03-30T18:00", (2025, 3, 30, 16))]
)
def test_the_hour_is_oslos_on_both_sides_of_the_change_to_summer_time(
    sqlite_database: Settings, starts_at: str, utc: tuple[int, int, int, int]
) -> None:
    both_networks()
    case = planned(starts_at)
    assert {event(mail).start for mail in mails(case, 0)} == {datetime(*utc, tzinfo=UTC)}
    assert "kl. 18.00" in part(opened(mails(case, 0)[0]), "plain")


def test_a_place_may_be_an_address_and_stays_out_of_the_mails(sqlite_database: Settings) -> None:
    both_networks()
    case = planned(link=None, place="Hos familien Hansen, Storgata 1")
    for mail in mails(case, 0):
        said = [part(opened(mail), kind) for kind in ("plain", "html", "calendar")]
        assert all(said)
        assert "Storgata" not in "".join(said)


@pytest.mark.parametrize("starts_at", ["2025-03-02T18:00", "2025-03-03T18:00", "2026-03-10T18:00"])
def test_a_meeting_in_the_past_today_or_in_over_a_year_is_refused(starts_at: str) -> None:
    with pytest.raises(AnswerInvalid, match="isn't within a year from tomorrow"):
        PlanJointMeeting.accept(USUAL_PLAN | {"starts_at": starts_at}, demands={}, today=TODAY)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"link": None}, "either link"),
        ({"place": "The town hall"}, "either link"),
        ({"link": "http://meet.example/a"}, "link: String should match"),
        ({"link": "https://kari@meet.example/a"}, "link: String should match"),
        ({"agenda": []}, "agenda"),
        ({"minutes": 5}, "minutes"),
        ({"starts_at": "2025-03-20T18:00+01:00"}, "without an offset"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(answer: dict[str, Any], why: str) -> None:
    with pytest.raises(AnswerInvalid, match=why):
        PlanJointMeeting.accept(USUAL_PLAN | answer, demands={}, today=TODAY)


def test_a_meeting_that_is_moved_takes_its_place_in_every_calendar(case: Story) -> None:
    move(case, 0, starts_at="2025-03-27T19:00", minutes=120)
    for before, after in zip(mails(case, 0), mails(case, 1), strict=True):
        assert event(before)["UID"] == event(after)["UID"]
        assert (event(before)["SEQUENCE"], event(after)["SEQUENCE"]) == (0, 1)
        assert event(after).start == datetime(2025, 3, 27, 18, tzinfo=UTC)
        assert "nytt tidspunkt" in part(opened(after), "plain")
        assert LINK in part(opened(after), "plain")
    assert case.waiting == ["joint_meeting_held:1"]
    assert case.tasks["joint_meeting_held:1"].due_on == date(2025, 3, 27)
    move(case, 1, starts_at="2025-03-28T19:00", link="https://meet.example/annet")
    assert len(mails(case, 2)) == len(LI | AS)
    assert "https://meet.example/annet" in part(opened(mails(case, 2)[0]), "plain")


def test_a_meeting_that_is_cancelled_leaves_every_calendar(case: Story) -> None:
    with pytest.raises(AnswerInvalid, match="either the new starts_at or cancelled"):
        move(case, 0, cancelled=True)
    move(case, 0, cancelled=True, starts_at=None)
    assert case.case.outcome == "Withdrawn"
    told = mails(case, 1)
    assert {mail.recipient for mail in told} == LI | AS
    for mail in told:
        assert event(mail)["STATUS"] == "CANCELLED"
        assert "er avlyst" in part(opened(mail), "plain")
        assert str(opened(mail)["Subject"]).startswith("Avlyst")


def test_notes_and_attendance_are_kept_and_the_meeting_counts_for_every_network(case: Story) -> None:
    case.come_to(date(2025, 3, 20))
    case.answer("joint_meeting_held:0", attendance=[RESOURCE, CONTACT], notes="We talked about summer.")
    assert case.case.outcome == "Completed"
    with reading() as s:
        held = s.exec(select(Happening).where(Happening.duty == "joint_meeting")).all()
        [paper] = list_documents(s, about=case.ref)
    assert {(row.subject, row.held_on) for row in held} == {(ref, date(2025, 3, 20)) for ref in (NETWORK, "AS-W1")}
    with reading() as s:
        file = zipfile.ZipFile(BytesIO(find_document(s, paper.ref).content))
    text = re.sub("<[^>]+>", "", file.read("word/document.xml").decode())
    for said in ("We talked about summer.", f"Familien {RESOURCE}", f"Navn {CONTACT}", "What has gone well?"):
        assert said in text


def test_who_was_not_invited_was_not_there_and_notes_do_not_come_before_the_meeting(case: Story) -> None:
    case.come_to(date(2025, 3, 20))
    with pytest.raises(AnswerInvalid, match="number 1 wasn't invited"):
        case.answer("joint_meeting_held:0", held_on="2025-03-20", attendance=["Kari Nordmann"])
    with pytest.raises(AnswerInvalid, match="it was to be held on 2025-03-20"):
        case.answer("joint_meeting_held:0", held_on="2025-03-19")


def test_without_any_resource_family_nobody_is_invited(sqlite_database: Settings) -> None:
    cast.move_in()
    case = story("joint-meeting", municipality="lillehammer")
    assert "no resource family to invite" in case.rested.waits_for


@pytest.mark.parametrize("begins", [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)])
def test_each_quarter_one_municipality_plans_one_meeting_by_turns(sqlite_database: Settings, begins: date) -> None:
    both_networks()
    days = [begins, begins.replace(day=2)]
    cases = [case for key in municipalities() for day in days if (case := open_on(key, day))]
    assert len(cases) == 1
    with reading() as s:
        [row] = list_cases(s)
    assert row.municipality == host(["lillehammer", "asker"], begins)
    assert row.municipality != host(["lillehammer", "asker"], begins - timedelta(days=1))


def open_on(municipality: str, today: date) -> str | None:
    return open_joint_meeting(municipality, today, at(today))


def test_after_a_cancelled_meeting_another_one_is_planned_in_the_quarter(sqlite_database: Settings) -> None:
    both_networks()
    begins = date(2025, 4, 1)
    whose = host(["asker", "lillehammer"], begins)
    case = Story.taken_up(str(open_on(whose, begins)), "joint-meeting", begins)
    case.answer(PLAN)
    assert open_on(whose, date(2025, 4, 2)) is None
    case.answer("move_joint_meeting:0", cancelled=True, starts_at=None)
    assert open_on(whose, date(2025, 4, 3)) not in (None, case.ref)


def test_no_meeting_is_opened_before_there_is_a_network_or_before_the_scheme(sqlite_database: Settings) -> None:
    cast.move_in()
    assert {open_on(key, date(2025, 1, 1)) for key in municipalities()} == {None}
    assert {open_on(key, date(2024, 10, 1)) for key in municipalities()} == {None}


def test_a_new_year_in_oslo_is_a_new_quarter_though_it_is_still_the_old_one_in_utc(sqlite_database: Settings) -> None:
    both_networks()
    just_after = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)
    today = policy_of("asker").today(just_after)
    assert today == date(2025, 4, 1)
    whose = host(["asker", "lillehammer"], today)
    assert open_joint_meeting(whose, today, just_after) is not None
    assert open_joint_meeting(whose, date(2025, 4, 2), at(date(2025, 4, 2))) is None


def test_where_only_one_of_the_municipalities_has_people_here_it_hosts_every_quarter(
    sqlite_database: Settings,
) -> None:
    alone = [each for each in [*cast.cast(), *cast.network()] if each.ref.startswith("LI")]
    people.move_in(*alone)
    quarters = [date(2025, month, 1) for month in (1, 4, 7, 10)]
    assert all(open_on("lillehammer", begins) for begins in quarters)
    assert {open_on("asker", begins) for begins in quarters} == {None}
