"""What each process and job needs of a policy is what it reads as it runs: every one is played, and the keys noted."""

from dataclasses import replace
from datetime import date
from fnmatch import filter as matching
from itertools import chain

import pytest
import yaml

from data.cases import open_cases
from data.policies import municipalities, policy_of
from data.rates import load_shipped
from data.settings import Settings
from data.store.session import reading, writing
from rules.policy import DUTIES
from rules.policy_keys import KEYS
from rules.policy_needs import FILE_NEEDS, JOB_NEEDS
from rules.policy_standing import Standing, standings
from rules.register import PROCESS_NEEDS, PROCESSES
from tasks.payout.months import open_month
from tasks.rates.table import import_rates
from tasks.rehearsal.player import Player
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import PREFECT_YAML, SWEEP
from tests import people
from tests.on_prefect.cast import OPERATOR, TODAY, open_one, settle
from tests.people import at
from tests.policy_reads import in_job, noted
from tests.walk.walk import RATES

A_YEAR_AND_A_HALF = 78
DAYS = (date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 1), date(2026, 1, 6))
"""Of jobs: the last and first of a quarter, the half-year's and the year's end."""
BRANCHES = {
    "driving-agreement": ("benefits.driving.contact.*",),
    "end-of-placement": ("placement_end.*.full_time", "placement_end.*.respite"),
    "full-time-matching": ("matching.deadline.leader_decision",),
    "respite-matching": ("matching.deadline.leader_decision",),
    "resource-family-contract": ("resource_family.deadline.leader_decision",),
    "incident": ("damage.family_pays_below_ore", "incident.deadline.claim_form"),
    "intensive-start": ("intensive_start.deadline.leader_decision",),
    "reinforced-support": ("reinforced_support.deadline.leader_decision", "reinforced_support.deadline.written_report"),
    "network-family-approval": (
        "network_approval.deadline.end_emergency",
        "network_approval.deadline.leader_decision",
        "network_approval.deadline.special_support",
    ),
    "resource-network": ("resource_network.deadline.end_network", "resource_network.deadline.more_homes"),
    "respite-approval": ("respite_approval.deadline.chase_authority", "respite_approval.fast_track_weeks"),
    "supplementary-benefit": (
        "benefits.before_booking",
        "benefits.booster_cap_ore",
        "benefits.complaint.*",
        "benefits.contact.*",
        "benefits.cost_share_covers.*",
        "benefits.deadline.*",
        "benefits.free_costs_a_year_ore",
        "benefits.incontinence_from_age",
        "benefits.offered.*",
        "benefits.parents_grant_law",
        "benefits.year_end_cutoff",
    ),
    "monthly-payout": (
        "benefits.free_costs_a_year_ore",
        "payout.deadline.mend_payout",
        "payout.payment_day",
        "payout.prepared_on",
        "resource_network.compensation_ks",
    ),
    "rates-watch": ("benefits.free_costs_a_year_ore",),
    "unpaid-entitlements": (
        "benefits.free_costs_a_year_ore",
        "errands.deadline.unpaid_entitlement",
        "resource_network.compensation_ks",
    ),
    "coming-of-age": ("aftercare.ends_at_age", "errands.deadline.after_eighteen"),
    "daily-duties": ("beginning.*",),
    "half-yearly-reports": ("errands.deadline.read_status_report",),
    "network-watch": (
        "errands.deadline.birth_date_missing",
        "errands.deadline.childs_consent",
        "errands.deadline.declaration",
        "errands.deadline.name_missing_contact",
        "errands.deadline.network_size",
    ),
    "year-end-documentation": ("errands.deadline.leader_decision",),
}
"""What the usual answers don't lead to: a refusal, another kind of placement, what is late or missing, a beginning."""


def declared(name: str) -> set[str]:
    """Beside what switches it on, and what the cases that it opens need."""
    needs = PROCESS_NEEDS.get(name) or JOB_NEEDS[name]
    own = replace(needs, opens="")
    return {key for known in municipalities() for key in own.of(policy_of(known), DAYS[0])} - {needs.switched_on_by}


@pytest.mark.timeout(600)
def test_what_runs_reads_what_it_is_said_to_need(sqlite_database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    load_flows()
    others = {*municipalities()} - {"hjoerring"}
    people.move_in(
        *people.cast(),
        people.staff("HJ-S11", "payroll"),
        *(people.staff(f"{policy_of(key).prefix}-S1", "leader", municipality=key) for key in sorted(others)),
    )
    settle()
    with writing() as s:
        load_shipped(s, people.NOW)
    import_rates(RATES / "dk_2025.csv", actor=OPERATOR, now=at(TODAY))
    with noted(monkeypatch) as reads:
        play_cases()
        play_jobs()
    runs = PROCESS_NEEDS.keys() | JOB_NEEDS.keys()
    assert {name: sorted(reads[name] - declared(name)) for name in runs if reads[name] - declared(name)} == {}
    said = {name: declared(name) - reads[name] for name in runs}
    unread = {name: {key for key in keys if not key.startswith(DUTIES)} for name, keys in said.items()}
    assert {
        name: sorted(keys - branches(name, keys)) for name, keys in unread.items() if keys - branches(name, keys)
    } == {}
    assert {(name, way) for name, ways in BRANCHES.items() for way in ways if not matching(unread[name], way)} == set()


def branches(name: str, keys: set[str]) -> set[str]:
    return {key for way in BRANCHES.get(name, ()) for key in matching(keys, way)}


def play_cases() -> None:
    for name, process in PROCESSES.items():
        if process.monthly:
            open_month("hjoerring", None, run="tests", now=at(TODAY))
        else:
            open_one(name)
    Player(at(TODAY)).weeks(A_YEAR_AND_A_HALF)
    with reading() as s:
        assert [each.ref for each in open_cases(s) if not PROCESSES[each.process].monthly] == []


def play_jobs() -> None:
    for name, job in JOBS.items():
        for municipality in municipalities():
            for day in DAYS:
                for given in ({}, {"table": policy_of(municipality).country}) if name == "rates-watch" else ({},):
                    assert in_job(job, municipality, day, at(day), given).fault == ""


def test_every_process_and_every_job_says_what_it_needs() -> None:
    tagged = [(each["name"], each["tags"]) for each in yaml.safe_load(PREFECT_YAML.read_text())["deployments"]]
    assert list(PROCESS_NEEDS.keys() ^ PROCESSES.keys()) == []
    load_flows()
    assert {name for name, tags in tagged if "job" in tags} == JOB_NEEDS.keys() == {*JOBS, SWEEP}


OPTIONAL = (
    "law.*",
    "payroll.*",
    "retention.*",
    "payout.ledger_from",
    "payout.nights_rule",
    "payout.placement_from_nights",
    "courses.cost_sharing",
    "resource_network.trial_ends",
    "resource_network.gathering_cap_a_home_ore",
    "emergency_line.open",
    "network_approval.deadline.matching_visit",
)
"""Whose absence holds nothing up: a letter says less, a file isn't written, nothing goes, nights are counted."""


def test_every_key_that_a_file_may_hold_is_needed_by_something_or_can_be_done_without() -> None:
    said = (*PROCESS_NEEDS.values(), *JOB_NEEDS.values(), *FILE_NEEDS.values())
    needed = {key for needs in said for key in (*needs.keys, *needs.in_denmark, *chain(*needs.where.values()))}
    optional = {key for way in OPTIONAL for key in matching(KEYS, way)}
    assert sorted(KEYS.keys() - needed - optional) == []
    assert sorted(needed & optional) == []
    assert sorted(key for key in needed - KEYS.keys() if not key.startswith(DUTIES)) == []


@pytest.mark.parametrize("key", ["hjoerring", "randers", "herning", "vesthimmerland", "vejle", "lillehammer", "asker"])
def test_everything_that_a_shipped_municipality_has_set_up_runs(key: str) -> None:
    assert [each for each in standings(policy_of(key), TODAY) if each.standing == Standing.CANNOT] == []
