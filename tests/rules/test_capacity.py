from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.ages import age
from rules.capacity import Approval, Breach, Exceeds, Guest, breaches

FIRST = date(2023, 4, 7)
YEAR = [FIRST + timedelta(days=n) for n in range(365)]
OPEN = Approval(date(2021, 1, 1), None, 2, 0, 17)
BORN = date(2013, 5, 14)


def guest(child: str, *nights: int, born: date | None = BORN, agreed: bool = True) -> Guest:
    return Guest(child, born, frozenset(YEAR[n] for n in nights), agreed)


def found(approval: Approval, newcomer: Guest, *others: Guest, needs: bool = True) -> list[Breach]:
    return breaches([approval], newcomer, others, needs_covered=needs)


def kinds(approval: Approval, newcomer: Guest, *others: Guest, needs: bool = True) -> list[str]:
    return [breach.kind for breach in found(approval, newcomer, *others, needs=needs)]


def test_children_who_come_on_different_nights_do_not_crowd_each_other() -> None:
    one = OPEN._replace(children=1)
    assert kinds(one, guest("new", 0, 1), guest("a", 7, 8)) == []
    assert kinds(one, guest("new", 0, 1), guest("a", 1, 2)) == [Exceeds.NUMBER]


def test_a_breach_names_its_nights_and_says_what_and_why() -> None:
    [breach] = found(OPEN, guest("new", 0, 1, 2), guest("a", 1, 2), guest("b", 2))
    assert breach.nights == (YEAR[2],)
    assert breach.words == "number: 3 children at the same time, approved for 2: the night of 2023-04-09"


def test_a_family_approved_for_no_child_takes_none() -> None:
    [breach] = found(OPEN._replace(children=0), guest("new", 0, 1))
    assert "1 child at the same time, approved for 0: 2 nights from 2023-04-07 to 2023-04-08" in breach.words


def test_the_same_child_is_counted_once_however_many_placements_it_has_there() -> None:
    assert kinds(OPEN._replace(children=1), guest("new", 0), guest("new", 0)) == []
    assert kinds(OPEN, guest("new", 0), guest("a", 0), guest("a", 0)) == []


def test_a_birthday_inside_the_agreed_nights_ends_what_the_approval_covers() -> None:
    turns_ten = next(n for n, night in enumerate(YEAR) if night == date(2023, 5, 14))
    stay = guest("new", turns_ten - 1, turns_ten, turns_ten + 1)
    [breach] = found(OPEN._replace(age_to=9), stay)
    assert (breach.kind, breach.nights) == (Exceeds.AGE, (YEAR[turns_ten], YEAR[turns_ten + 1]))
    assert breach.words == "age: the child is older than 9 on some of the agreed nights, approved for 0 to 9 years"
    [breach] = found(OPEN._replace(age_from=10), stay)
    assert breach.nights == (YEAR[turns_ten - 1],)


@pytest.mark.parametrize(
    ("approval", "says"),
    [
        (OPEN._replace(since=YEAR[1]), "holds from 2023-04-08; outside it: the night of 2023-04-07"),
        (OPEN._replace(until=YEAR[0]), "ended on 2023-04-07; outside it: the night of 2023-04-08"),
    ],
)
def test_a_night_outside_the_approval_is_a_breach(approval: Approval, says: str) -> None:
    [breach] = found(approval, guest("new", 0, 1))
    assert breach.kind == Exceeds.APPROVAL
    assert says in breach.words


def test_a_family_without_an_approval_takes_nobody() -> None:
    [breach] = breaches([], guest("new", 0, 1), [], needs_covered=True)
    assert (breach.kind, breach.nights) == (Exceeds.APPROVAL, (YEAR[0], YEAR[1]))
    assert "no approval" in breach.words


def test_each_night_is_judged_by_the_period_that_holds_then() -> None:
    one_child, later_two = OPEN._replace(until=YEAR[4], children=1), OPEN._replace(since=YEAR[10])
    told = breaches([one_child, later_two], guest("new", 3, 6, 11), [guest("a", 3, 6, 11)], needs_covered=True)
    assert {breach.kind: breach.nights for breach in told} == {
        Exceeds.APPROVAL: (YEAR[6],),
        Exceeds.NUMBER: (YEAR[3],),
    }


def test_of_periods_that_overlap_one_that_covers_the_night_alone_is_enough_and_numbers_are_not_added_up() -> None:
    young, old = OPEN._replace(children=1, age_to=5), OPEN._replace(children=1, age_from=6)
    assert breaches([young, old], guest("new", 0), [], needs_covered=True) == []
    told = breaches([young, old], guest("new", 0), [guest("a", 0)], needs_covered=True)
    assert Exceeds.NUMBER in {breach.kind for breach in told}


@pytest.mark.parametrize(
    ("approval", "born", "says"),
    [
        (OPEN._replace(children=None), BORN, "number: the number of children it is approved for isn't recorded"),
        (OPEN._replace(age_from=None), BORN, "age: the ages it is approved for aren't recorded in full"),
        (OPEN._replace(age_to=None), BORN, "age: the ages it is approved for aren't recorded in full"),
        (OPEN, None, "age: the birth date of new isn't recorded"),
    ],
)
def test_what_is_not_known_is_never_taken_to_be_within_the_approval(
    approval: Approval, born: date | None, says: str
) -> None:
    assert [breach.words for breach in found(approval, guest("new", 0, born=born))] == [says]


def test_needs_outside_the_approval_concern_every_night() -> None:
    [breach] = found(OPEN, guest("new", 0, 3), needs=False)
    assert (breach.kind, breach.nights) == (Exceeds.NEEDS, (YEAR[0], YEAR[3]))


def test_a_child_without_agreed_nights_may_be_there_on_any_and_the_breach_says_so() -> None:
    always = Guest("HJ-B002", BORN, frozenset(YEAR), agreed=False)
    [breach] = found(OPEN._replace(children=1), guest("new", 0), always)
    assert breach.words.endswith("no nights are recorded as agreed for HJ-B002, so every night counts")


def test_no_words_tell_an_age_or_a_birth_date() -> None:
    words = " ".join(breach.words for breach in found(Approval(YEAR[1], None, 0, 11, 12), guest("new", 0), needs=False))
    assert str(BORN) not in words
    assert str(age(BORN, YEAR[0])) not in words.replace("2023", "")


nights = st.frozensets(st.sampled_from(YEAR[:40]), min_size=1, max_size=12)
births = st.dates(date(2004, 1, 1), date(2023, 1, 1))


@dataclass(frozen=True)
class Scene:
    approval: Approval
    newcomer: Guest
    others: tuple[Guest, ...]

    def bad(self) -> dict[Exceeds, set[date]]:
        told: dict[Exceeds, set[date]] = {}
        for breach in found(self.approval, self.newcomer, *self.others):
            told.setdefault(breach.kind, set()).update(breach.nights)
        return told


scenes = st.builds(
    Scene,
    st.builds(
        Approval,
        st.sampled_from(YEAR[:20]),
        st.none() | st.sampled_from(YEAR[20:40]),
        st.integers(0, 4),
        st.integers(0, 8),
        st.integers(8, 18),
    ),
    st.builds(Guest, st.just("new"), births, nights),
    st.lists(st.builds(Guest, st.sampled_from("abcd"), births, nights), max_size=5).map(tuple),
)


@given(scenes)
def test_a_night_is_in_a_breach_exactly_when_that_night_alone_breaks_the_approval(scene: Scene) -> None:
    told = scene.bad()
    approval, born = scene.approval, scene.newcomer.birth_date
    assert born is not None
    for night in scene.newcomer.nights:
        there = {"new"} | {other.child for other in scene.others if night in other.nights}
        outside = night < approval.since or (approval.until is not None and night > approval.until)
        assert (night in told.get(Exceeds.APPROVAL, ())) == outside
        assert (night in told.get(Exceeds.NUMBER, ())) == (not outside and len(there) > (approval.children or 0))
        assert (night in told.get(Exceeds.AGE, ())) == (
            not outside and not (approval.age_from or 0) <= age(born, night) <= (approval.age_to or 0)
        )


@given(scenes)
def test_one_place_more_never_breaks_what_was_kept_and_one_guest_more_never_mends_it(scene: Scene) -> None:
    roomier = Scene(scene.approval._replace(children=(scene.approval.children or 0) + 1), scene.newcomer, scene.others)
    emptier = Scene(scene.approval, scene.newcomer, scene.others[1:])
    assert roomier.bad().get(Exceeds.NUMBER, set()) <= scene.bad().get(Exceeds.NUMBER, set())
    assert emptier.bad().get(Exceeds.NUMBER, set()) <= scene.bad().get(Exceeds.NUMBER, set())


@given(scenes)
def test_a_breach_only_concerns_nights_of_the_newcomer(scene: Scene) -> None:
    assert all(told <= scene.newcomer.nights for told in scene.bad().values())
