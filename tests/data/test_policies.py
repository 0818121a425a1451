from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.policies import FOLDER, municipalities, policy_of, read_policies, use_policies
from rules.policy import PolicyMissing, PolicyValue
from rules.policy_keys import KEYS
from rules.processes.network_family_approval import STEPS
from rules.refusal import Refusal, Refusals

DAY = date(2023, 5, 12)
EIGHTH = """
name = "Prøveby Kommune"
country = "DK"
language = "da"
timezone = "Europe/Copenhagen"
prefix = "PB"

[network_approval]
attest_validity_days = [
  { value = 60, valid_from = 2019-01-01, source = "J1" },
  { value = 30, valid_from = 2024-01-01, source = "J1" },
]
"""


@pytest.fixture
def add_pack(tmp_path: Path) -> Callable[[str], Path]:
    def add(text: str) -> Path:
        path = tmp_path / "proeveby.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return add


def test_the_seven_municipalities_have_a_policy() -> None:
    assert set(municipalities()) == {
        "hjoerring",
        "randers",
        "herning",
        "vesthimmerland",
        "vejle",
        "lillehammer",
        "asker",
    }


SINCE = date(2019, 1, 1)
SHARED = {
    "reminders.before_due_days": PolicyValue(2, SINCE, "X1", assumed=True),
    "reminders.escalate_after_days": PolicyValue(2, SINCE, "X1", assumed=True),
    "payout.nights_rule": PolicyValue("overnights", SINCE, "R9", assumed=True),
}
ITS_OWN = {("randers", "payout.nights_rule"): PolicyValue("overnights", SINCE, "R9")}
"""What a municipality's own document states."""
DAYS_OF_J1 = (10, 5, 2, 10, 5, 15, 10, 5, 5, 5, 10, 10, 10, 1)
"""By step, as Hjørring's own file had them."""
FOSTER = ["duties", "cooperation_with_parents", "taxable_fee", "fee_not_pensionable", "board_and_lodging", "mileage",
          "special_agreements", "confidentiality", "insurance", "notice", "consultant_visits"]  # fmt: skip
RESPITE = ["duties", "nights_agreed", "cooperation_with_parents", "taxable_fee", "fee_not_pensionable",
           "board_and_lodging", "mileage", "confidentiality", "insurance", "notice"]  # fmt: skip


def test_what_all_seven_had_copied_is_national_and_the_same_as_before() -> None:
    for key in municipalities():
        policy = policy_of(key)
        assert {name: policy.dated(name, DAY) for name in SHARED} == {
            name: ITS_OWN.get((key, name), value) for name, value in SHARED.items()
        }
        assert {name for name in SHARED if name in policy.own} == {name for of, name in ITS_OWN if of == key}


def test_what_hjoerring_and_randers_assumed_is_assumed_for_every_danish_municipality() -> None:
    for policy in (policy_of(key) for key in municipalities() if policy_of(key).country == "DK"):
        days = tuple(policy.dated(f"network_approval.deadline.{step}", DAY) for step in STEPS)
        assert days == tuple(PolicyValue(number, SINCE, "J1", assumed=True) for number in DAYS_OF_J1)
        assert policy.dated("network_approval.attest_validity_days", DAY) == PolicyValue(90, SINCE, "J1", assumed=True)
        assert policy.dated("contract.items.foster", DAY) == PolicyValue(FOSTER, SINCE, "H4", assumed=True)
        assert policy.dated("contract.items.respite", DAY) == PolicyValue(RESPITE, SINCE, "R4", assumed=True)


def test_what_a_municipalitys_own_document_states_stays_its_own() -> None:
    with_checklist = [key for key in municipalities() if policy_of(key).has("network_approval.checklist", DAY)]
    assert with_checklist == ["hjoerring"]
    assert [key for key in municipalities() if policy_of(key).has("duties.follow_up_meeting", DAY)] == ["hjoerring"]
    assert "matching.consultant" in policy_of("randers").own


@pytest.mark.parametrize("day", ["0", "29", '"10"', '"last_bank_day"', "true"])
def test_the_day_on_which_a_payout_is_prepared_is_one_that_every_month_has(
    day: str, add_pack: Callable[[str], Path]
) -> None:
    prepared = f'[payout]\nprepared_on = [{{ value = {day}, valid_from = 2024-01-01, source = "R9" }}]\n'
    with pytest.raises(
        Refusal, match=r"payout\.prepared_on: the value must be a day that every month has, from 1 to 28"
    ):
        read_policies(add_pack(EIGHTH + prepared))


NOON = 'nights_rule = [{{ value = "noon_to_noon", valid_from = {rule}, source = "R9" }}]'
LIMIT = 'placement_from_nights = [{{ value = {days}, valid_from = {since}, source = "R9" }}]'


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param("", id="no limit"),
        pytest.param(LIMIT.format(days=15, since="2024-02-01"), id="a limit from a later day"),
    ],
)
def test_who_counts_noon_to_noon_must_say_how_many_days_are_a_placement(
    add_pack: Callable[[str], Path], limit: str
) -> None:
    policy = f"{EIGHTH}\n[payout]\n{NOON.format(rule='2024-01-01')}\n{limit}"
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(policy))
    assert str(refused.value) == (
        "proeveby.toml: payout.nights_rule is noon_to_noon from 2024-01-01 on, and payout.placement_from_nights says "
        "nothing that day; add how many days of a month are a placement, with valid_from and source"
    )


@pytest.mark.parametrize("days", ["0", "-1", "15.5", '"15"', "true"])
def test_the_number_of_days_that_are_a_placement_is_a_whole_one(add_pack: Callable[[str], Path], days: str) -> None:
    wrong = LIMIT.format(days=days, since="2024-01-01")
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(f"{EIGHTH}\n[payout]\n{NOON.format(rule='2024-01-01')}\n{wrong}"))
    (line,) = refused.value.lines
    assert line.startswith("proeveby.toml: payout.placement_from_nights: the value must be a whole number from 1 on")


def test_a_rule_of_counting_and_its_limit_change_with_their_days(add_pack: Callable[[str], Path]) -> None:
    rows = f"{NOON.format(rule='2024-01-01')}\n{LIMIT.format(days=15, since='2024-01-01')}"
    policy = read_policies(add_pack(f"{EIGHTH}\n[payout]\n{rows}"))["proeveby"]
    assert not policy.has("payout.nights_rule", date(2023, 12, 31))
    assert policy.value("payout.placement_from_nights", date(2024, 1, 31)) == 15


def test_an_unknown_municipality_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refusal, match=r"'atlantis'.*asker.*vesthimmerland"):
        policy_of("atlantis")


def test_every_key_that_can_be_given_is_given_by_somebody() -> None:
    given = {key for name in municipalities() for key in policy_of(name).values}
    debtor = {"payout.debtor.account", "payout.debtor.bic", "payout.debtor.bank_agreement"}
    kept_unless_said = {"retention.cases_not_approved_months", "retention.calls_months"}
    assert set(KEYS) - given == {"payout.ledger_from", "payout.placement_from_nights", *debtor, *kept_unless_said}


def test_hjoerring_has_a_deadline_for_every_step_of_a_network_approval() -> None:
    assert all(policy_of("hjoerring").value(f"network_approval.deadline.{step}", DAY) for step in STEPS)


def test_what_no_source_states_is_marked_as_assumed() -> None:
    hjoerring = policy_of("hjoerring")
    assert hjoerring.dated("network_approval.attest_validity_days", DAY).assumed
    assert not hjoerring.dated("network_approval.consent_lapses_days", DAY).assumed


def test_the_law_changes_its_name_with_the_new_year_of_2024() -> None:
    hjoerring = policy_of("hjoerring")
    assert "serviceloven § 66" in hjoerring.value("law.network_family", date(2023, 12, 31))
    assert "barnets lov § 43" in hjoerring.value("law.network_family", date(2024, 1, 1))


@pytest.mark.parametrize(
    ("key", "on"),
    [
        pytest.param("network_approval.attest_validity_days", date(2018, 12, 31), id="before its first day"),
        pytest.param("payout.ledger_from", DAY, id="a key the municipality doesn't give"),
    ],
)
def test_a_value_that_is_not_given_is_a_named_error(key: str, on: date) -> None:
    with pytest.raises(PolicyMissing, match=r"hjoerring\.toml") as refused:
        policy_of("hjoerring").value(key, on)
    assert (refused.value.municipality, refused.value.key, refused.value.on) == ("hjoerring", key, on)


def test_an_eighth_municipality_is_one_file(add_pack: Callable[[str], Path]) -> None:
    eighth = read_policies(add_pack(EIGHTH))["proeveby"]
    assert eighth.value("network_approval.attest_validity_days", date(2023, 12, 31)) == 60
    assert eighth.value("network_approval.attest_validity_days", date(2024, 1, 1)) == 30
    assert eighth.value("network_approval.consent_lapses_days", DAY) == 14


def test_all_faults_of_a_pack_are_told_at_once_with_file_and_key(add_pack: Callable[[str], Path]) -> None:
    wrong = EIGHTH.replace('"DK"', '"SE"').replace('"PB"', '"HJ"') + (
        'consent_lapse_days = [{ value = 14, valid_from = 2019-01-01, source = "J1" }]\n'
        "child_attest_age = 15\n"
        "[rates]\n"
        'watch_days = [{ value = "two", valid_from = "spring", source = "the usual", stauts = "assumed" }]\n'
        "[benefits]\n"
        'proof_kept_years = [{ value = 6, valid_from = 2019-01-01, source = "R10" },'
        ' { value = 8, valid_from = 2019-01-01, source = "R10" }]\n'
    )
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(wrong))
    assert [line.partition(";")[0].partition(" {")[0] for line in refused.value.lines] == [
        "proeveby.toml: country must be DK or NO",
        "proeveby.toml: network_approval.consent_lapse_days: there is no such key",
        "proeveby.toml: network_approval.child_attest_age: each value is written",
        "proeveby.toml: rates.watch_days: the value must be a whole number of calendar days, such as 14",
        "proeveby.toml: rates.watch_days: valid_from must be a date such as 2024-01-01",
        "proeveby.toml: rates.watch_days: source must begin with the procedure row it comes from, such as J1",
        "proeveby.toml: rates.watch_days: has something nobody reads: stauts",
        "proeveby.toml: benefits.proof_kept_years: two values take force on the same day",
    ]
    assert "did you mean network_approval.consent_lapses_days?" in refused.value.lines[1]


def test_a_prefix_is_used_by_one_municipality_only(add_pack: Callable[[str], Path]) -> None:
    with pytest.raises(Refusals, match=r"hjoerring.toml and proeveby.toml: prefix HJ"):
        read_policies(add_pack(EIGHTH.replace('"PB"', '"HJ"')))


@pytest.mark.parametrize(
    "key", ["Proeveby", "prøveby", "proeve_by", "1by", "proeve by", "proeveby.ny", "-by", "prove\u0301by"]
)
def test_a_municipalitys_key_that_cant_work_is_refused_with_the_reason(key: str, tmp_path: Path) -> None:
    path = tmp_path / f"{key}.toml"
    path.write_text(EIGHTH, encoding="utf-8")
    with pytest.raises(Refusals) as refused:
        read_policies(path)
    (line,) = refused.value.lines
    assert line.startswith(f"{key}.toml: the file's name is the municipality's key: a to z, digits and hyphens")
    assert "workbook" in line
    assert "Prefect" in line


@pytest.mark.parametrize("prefix", ["ÆR", "ØS", "hj", "H", "HJØR", "H1", "H-", "ＨＪ"])
def test_a_prefix_that_cant_work_is_refused_with_the_reason(prefix: str, add_pack: Callable[[str], Path]) -> None:
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(EIGHTH.replace('"PB"', f'"{prefix}"')))
    (line,) = refused.value.lines
    assert "prefix must be two or three capital letters from A to Z" in line
    assert "links" in line


@pytest.mark.parametrize("key", ["Moede", "møde", "house meeting", "house-meeting", "1st"])
def test_a_duty_is_keyed_in_plain_letters(key: str, add_pack: Callable[[str], Path]) -> None:
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(EIGHTH + DUTY.replace("house_meeting", f'"{key}"')))
    (line,) = refused.value.lines
    assert f"duties.{key}: the key of a duty is a to z, digits and underscores" in line


@pytest.mark.parametrize("day", ["02-30", "02-29", "04-31", "06-31", "11-31", "13-01", "00-10", "1-5", "０1-05"])
def test_a_day_that_no_or_not_every_year_has_is_refused(day: str, add_pack: Callable[[str], Path]) -> None:
    for key, value in (("benefits.year_end_cutoff", f'"{day}"'), ("half_year.opens_on", f'["01-05", "{day}"]')):
        table, _, name = key.partition(".")
        own = f'\n[{table}]\n{name} = [{{ value = {value}, valid_from = 2019-01-01, source = "R11" }}]\n'
        with pytest.raises(Refusals, match=f"{key}: the value must be a .* that every year has"):
            read_policies(add_pack(EIGHTH + own))


def test_every_day_that_every_year_has_can_be_given(add_pack: Callable[[str], Path]) -> None:
    days = [f"{date(2023, 1, 1) + timedelta(days=n):%m-%d}" for n in range(365)]
    own = f'[half_year]\nopens_on = [{{ value = {days}, valid_from = 2019-01-01, source = "R4" }}]\n'
    assert read_policies(add_pack(EIGHTH + own))["proeveby"].value("half_year.opens_on", DAY) == days


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "proeveby.toml"
    path.write_text(EIGHTH, encoding="utf-8-sig")
    assert read_policies(path)["proeveby"].name == "Prøveby Kommune"


def test_a_file_in_another_encoding_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "proeveby.toml"
    path.write_text(EIGHTH, encoding="utf-16")
    with pytest.raises(Refusals, match="save it as UTF-8"):
        read_policies(path)


def test_a_policy_whose_ending_is_in_capitals_is_no_file_that_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "proeveby.TOML").write_text(EIGHTH, encoding="utf-8")
    use_policies(tmp_path)
    try:
        assert "proeveby" in municipalities()
    finally:
        use_policies(None)


def test_a_pack_that_is_no_toml_is_refused_in_one_line(add_pack: Callable[[str], Path]) -> None:
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack('name = "Prøveby'))
    assert len(refused.value.lines) == 1
    assert refused.value.lines[0].startswith("proeveby.toml: can't be read as TOML")


DUTY = """
[[duties.house_meeting]]
valid_from = 2024-01-01
source = "J5"
name = "Husmøde"
asked = "child_adviser"
about = "placement"
kinds = ["network"]
least = 4
most = 6
window = "calendar_year"
"""


def test_a_municipalitys_own_duty_is_a_few_lines_of_its_file(add_pack: Callable[[str], Path]) -> None:
    eighth = read_policies(add_pack(EIGHTH + DUTY))["proeveby"]
    assert "house_meeting" not in {duty.key for duty in eighth.duties(date(2023, 12, 31))}
    [duty] = [duty for duty in eighth.duties(date(2024, 1, 1)) if duty.key == "house_meeting"]
    assert (duty.row, duty.asked, duty.least, duty.most) == ("J5", "child_adviser", 4, 6)


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("least = 4", "least = 7", "the minimum is above the maximum: least is 7, most is 6"),
        ('"child_adviser"', '"adviser"', 'asked must be one of "network_adviser"'),
        ('["network"]', '["foster"]', "a placement has no kind 'foster'; it may be full_time, respite, network"),
        ('kinds = ["network"]', "", "kinds is missing; say which kinds of placement owe it"),
        ("least = 4", "least = 4\nevry = { weeks = 6 }", "there is no field evry in a duty"),
        ("least = 4", "least = 4\nevery = { fortnights = 1 }", "every must be an interval of one unit"),
        ('window = "calendar_year"', "", "least and window belong together"),
        (
            'window = "calendar_year"',
            'window = "year"',
            'window must be "calendar_year", "placement_year" or a stretch',
        ),
        ("least = 4", "least = 4\nfirst_year_only = true", "first_year_only counts from the start"),
        ("least = 4", 'least = 4\nexempt_by = "course"', "exempt_by frees from the first placement year"),
        ("least = 4", "least = 4\ntimes = 2", "times is said of what comes once"),
        ("least = 4", 'least = 4\nstarts_with = "approval"', "starts_with is said of families only"),
        ('source = "J5"', "", "a duty is written under [[duties.<key>]] with valid_from and source"),
        ('source = "J5"', 'source = "habit"', "source must begin with the procedure row"),
    ],
)
def test_a_duty_that_makes_no_sense_is_refused_in_plain_words(
    add_pack: Callable[[str], Path], line: str, instead: str, said: str
) -> None:
    with pytest.raises(Refusals) as refused:
        read_policies(add_pack(EIGHTH + DUTY.replace(line, instead)))
    assert f"proeveby.toml: duties.house_meeting: {said}" in str(refused.value)


def test_a_duty_that_says_nothing_of_how_often_is_refused(add_pack: Callable[[str], Path]) -> None:
    silent = DUTY.partition("least")[0]
    with pytest.raises(Refusals, match="it doesn't say how often"):
        read_policies(add_pack(EIGHTH + silent))


UNCONFIRMED = (
    "[respite_approval]\nquality_model = [\n"
    '  { value = { themes = ["economy", "competences"], apart = [] }, valid_from = 2019-01-01, source = "R2" },\n'
    '  { value = { themes = ["competences"], apart = ["economy"] }, source = "R2", status = "unconfirmed" },\n]\n'
)


def test_a_value_whose_first_day_is_unconfirmed_never_takes_force_until_somebody_gives_the_day(
    add_pack: Callable[[str], Path],
) -> None:
    policy = read_policies(add_pack(EIGHTH + UNCONFIRMED))["proeveby"]
    assert policy.value("respite_approval.quality_model", date.max)["apart"] == []
    confirmed = UNCONFIRMED.replace('status = "unconfirmed"', "valid_from = 2026-07-01")
    policy = read_policies(add_pack(EIGHTH + confirmed))["proeveby"]
    assert policy.value("respite_approval.quality_model", date(2026, 6, 30))["apart"] == []
    assert policy.value("respite_approval.quality_model", date(2026, 7, 1))["apart"] == ["economy"]


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        ('valid_from = 2026-07-01, status = "unconfirmed"', 'only one with status = "unconfirmed" has no valid_from'),
        ('status = "assumed"', 'only one with status = "unconfirmed" has no valid_from'),
        ('status = "perhaps", valid_from = 2026-07-01', 'status may only be "assumed", "unconfirmed"'),
    ],
)
def test_an_unconfirmed_value_with_a_day_and_a_confirmed_one_without_are_refused(
    add_pack: Callable[[str], Path], instead: str, said: str
) -> None:
    with pytest.raises(Refusals, match=said):
        read_policies(add_pack(EIGHTH + UNCONFIRMED.replace('status = "unconfirmed"', instead)))


def test_an_installations_own_folder_goes_before_the_shipped_files(tmp_path: Path) -> None:
    shipped = (FOLDER / "vejle.toml").read_text(encoding="utf-8")
    (tmp_path / "vejle.toml").write_text(shipped.replace("Vejle Kommune", "Vejle By"), encoding="utf-8")
    (tmp_path / "proeveby.toml").write_text(EIGHTH, encoding="utf-8")
    try:
        use_policies(tmp_path)
        assert (policy_of("vejle").name, policy_of("proeveby").prefix) == ("Vejle By", "PB")
        assert policy_of("randers").name == "Randers Kommune"
    finally:
        use_policies(None)
    assert "proeveby" not in municipalities()


def test_a_folder_of_policies_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="PLEJEFLOW_POLICIES"):
        use_policies(tmp_path / "nowhere")
    use_policies(None)


def test_a_duty_is_shown_as_its_file_writes_it() -> None:
    duty = policy_of("hjoerring").value("duties.follow_up_meeting", DAY)
    shown = duty.written()
    assert (shown["asked"], shown["every"], shown["first_year_only"]) == ("family_care_consultant", {"days": 42}, True)
    assert "binding" not in shown
