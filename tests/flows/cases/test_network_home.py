from datetime import date, timedelta

import pytest
from sqlmodel import select

from data.documents import list_documents
from data.networks import consents, homes_of, membership
from data.settings import Settings
from data.store.session import reading
from data.tables import OutboxMail
from rules.forms.base import AnswerInvalid
from tests import lillehammer as cast
from tests import people
from tests.lillehammer import ASKER_CONTACT, HOMES, MORE_HOMES, NETWORK, TODAY, child, placed, story
from tests.people import at
from tests.story import Story

HOME, YOUNG = MORE_HOMES[0], "LI-B090"
DECLARATIONS = [f"confidentiality_declaration:{HOME}-{nth}" for nth in (1, 2)]
CONSENT = f"childs_consent:{YOUNG}"


def join(home: str = HOME, young: date | None = None) -> Story:
    """A home that has said it wants to take part; with a child born that day in it."""
    if young:
        people.move_in(child(YOUNG, young), placed(YOUNG, home))
    case = story("network-home", home)
    case.answer("network_home_joins")
    case.answer(f"what_to_expect:{NETWORK}")
    return case


@pytest.fixture
def network(sqlite_database: Settings) -> None:
    cast.move_in(*cast.network())


def in_network(on: date = TODAY) -> list[str]:
    with reading() as s:
        return homes_of(s, NETWORK, on)


def test_a_home_joins_once_every_foster_parent_has_signed_and_every_older_child_consents(database: Settings) -> None:
    cast.move_in(*cast.network())
    case = join(young=date(2010, 3, 3))
    assert case.waiting == [*DECLARATIONS, CONSENT]
    assert [case.tasks[step].assignee for step in case.waiting] == [HOME, HOME, cast.CONTACT]
    for step in case.waiting:
        assert HOME not in in_network()
        case.answer(step)
    assert case.case.outcome == "Approved"
    assert in_network() == sorted((*HOMES, HOME))
    with reading() as s:
        assert consents(s, NETWORK, "consent") == {YOUNG: True}
        papers = [paper.kind for paper in list_documents(s, about=case.ref)]
    assert sorted(papers) == ["child_consent", "group_confidentiality", "group_confidentiality"]


@pytest.mark.parametrize(
    ("born", "asked"),
    [(date(2010, 3, 3), True), (date(2010, 3, 4), False), (date(2009, 3, 3), True), (date(2011, 3, 3), False)],
)
def test_a_child_is_asked_from_the_fifteenth_birthday_on(network: None, born: date, asked: bool) -> None:
    assert (CONSENT in join(young=born).waiting) is asked


def test_a_child_who_turns_fifteen_before_the_home_has_joined_is_asked_on_that_day(network: None) -> None:
    case = join(young=date(2010, 3, 10))
    case.answer(DECLARATIONS[0])
    case.come_to(date(2025, 3, 9))
    assert case.waiting == [DECLARATIONS[1]]
    case.come_to(date(2025, 3, 10))
    assert case.waiting == [DECLARATIONS[1], CONSENT]


@pytest.mark.parametrize(
    ("step", "answer"), [(DECLARATIONS[1], {"signed": False}), (CONSENT, {"given": False})], ids=["declared", "consent"]
)
def test_one_refusal_is_enough_and_takes_back_what_is_still_asked(
    network: None, step: str, answer: dict[str, bool]
) -> None:
    case = join(young=date(2009, 1, 1))
    case.answer(step, **answer)  # type: ignore[arg-type]
    assert case.case.outcome == "Refused"
    assert case.waiting == []
    assert HOME not in in_network()
    kind = "consent" if "given" in answer else "declaration"
    with reading() as s:
        assert consents(s, NETWORK, kind) == {step.partition(":")[2]: False}


def test_a_home_that_does_not_want_to_is_left_in_peace(network: None) -> None:
    case = story("network-home", HOME)
    case.answer("network_home_joins")
    case.answer(f"what_to_expect:{NETWORK}", takes_part=False, read=False)
    assert case.case.outcome == "Withdrawn"


def test_nobody_joins_without_having_read_what_to_expect(network: None) -> None:
    case = story("network-home", HOME)
    case.answer("network_home_joins")
    with pytest.raises(AnswerInvalid, match="say true once you have read it"):
        case.answer(f"what_to_expect:{NETWORK}", read=False)


def test_a_sixth_home_is_refused_and_an_unknown_network_too(sqlite_database: Settings) -> None:
    cast.move_in(*cast.network((*HOMES, *MORE_HOMES[:2])))
    case = story("network-home", MORE_HOMES[2])
    with pytest.raises(AnswerInvalid, match="it has 5 homes already"):
        case.answer("network_home_joins")
    with pytest.raises(AnswerInvalid, match="isn't known here"):
        case.answer("network_home_joins", network="LI-W9")


def test_of_two_homes_that_want_the_last_place_the_second_waits(sqlite_database: Settings) -> None:
    cast.move_in(*cast.network((*HOMES, MORE_HOMES[0])))
    first, second = join(MORE_HOMES[1]), join(MORE_HOMES[2])
    assert first.finish() == "Approved"
    for step in second.waiting:
        second.answer(step)
    assert "has 5 homes already" in second.rested.waits_for
    assert MORE_HOMES[2] not in in_network()


def test_a_home_is_in_one_network_at_a_time(network: None) -> None:
    case = story("network-home", HOMES[0])
    with pytest.raises(AnswerInvalid, match=f"takes part in {NETWORK}"):
        case.answer("network_home_joins")


def test_a_home_leaves_and_its_last_day_still_counts(network: None) -> None:
    case = story("network-home", HOMES[0])
    with pytest.raises(AnswerInvalid, match="the home joined on 2025-01-15"):
        case.answer("network_home_leaves", by=cast.CONTACT, left_on="2025-01-14")
    case.answer("network_home_leaves", by=cast.CONTACT)
    assert case.case.outcome == "Withdrawn"
    assert HOMES[0] in in_network()
    assert HOMES[0] not in in_network(TODAY + timedelta(days=1))
    with reading() as s:
        assert membership(s, HOMES[0], TODAY) is None


def test_a_home_in_asker_joins_lillehammers_network_and_is_written_to_by_asker(network: None) -> None:
    people.move_in(cast.family("AS-F009", "network"), *cast.carers("AS-F009"))
    case = story("network-home", "AS-F009")
    assert case.tasks["network_home_joins"].assignee == ASKER_CONTACT
    assert case.finish() == "Approved"
    with reading() as s:
        mails = s.exec(select(OutboxMail).where(OutboxMail.recipient == "AS-F009")).all()
    assert {(mail.municipality, mail.language) for mail in mails} == {("asker", "nb")}
    assert len(mails) == 3


def test_a_home_without_a_known_foster_parent_is_held_up_with_what_to_mend(network: None) -> None:
    people.move_in(cast.family("LI-F010", "foster"))
    case = join("LI-F010")
    assert "no foster parent is known in LI-F010" in case.rested.waits_for


def test_declarations_are_due_when_the_policy_says(network: None) -> None:
    case = join()
    assert case.tasks[DECLARATIONS[0]].due_on == date(2025, 3, 17)
    assert case.tasks[DECLARATIONS[0]].issued_at == at(TODAY)
