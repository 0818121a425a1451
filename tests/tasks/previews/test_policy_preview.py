"""What a changed policy would do is known before it is switched on, and nothing is written."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import func, select

from data.policies import FOLDER
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, LedgerLine, Placement
from rules.refusal import Refusal, Refusals
from tasks.previews.policy import PolicyPreview, preview_policy
from tests.tasks.payroll import IMPORTED, JUNE, know, move_in, weekend

ALLOWANCES = """
[payout]
child_allowances = [{ value = ["network", "respite"], valid_from = 2019-01-01, source = "J10" }]
"""
VISITS = """
[[duties.house_meeting]]
valid_from = 2019-01-01
source = "R4"
name = "Husmøde"
asked = "child_adviser"
about = "placement"
kinds = ["respite"]
first = { months = 2 }
"""


def preview(tmp_path: Path, more: str, name: str = "randers") -> PolicyPreview:
    text = (FOLDER / "randers.toml").read_text(encoding="utf-8")
    if name != "randers":
        text = text.replace('prefix = "RA"', 'prefix = "PB"')
    path = tmp_path / f"{name}.toml"
    joined = more.replace("[payout]\n", "") if "[payout]" in more else ""
    path.write_text(text.replace("[payout]\n", f"[payout]\n{joined}") if joined else text + more, encoding="utf-8")
    return preview_policy(path, period="2023-05", now=JUNE)


def test_a_changed_figure_tells_the_families_and_the_sum(database: Settings, tmp_path: Path) -> None:
    move_in()
    know(weekend(1, "RA-P1"))
    seen = preview(tmp_path, ALLOWANCES)
    assert seen.keys == ["payout.child_allowances"]
    assert seen.pay is not None
    assert (seen.pay.families, seen.pay.affected) == (1, 1)
    by_component = {effect.component: effect for effect in seen.pay.components}
    assert (by_component["pocket_money"].now_ore, by_component["fee"].difference_ore) == (0, 0)
    assert (by_component["pocket_money"].then_ore or 0) > 0
    with reading() as s:
        assert s.scalar(select(func.count()).select_from(LedgerLine)) == 0
        assert s.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_new_duty_tells_who_would_owe_it_today(sqlite_database: Settings, tmp_path: Path) -> None:
    move_in()
    with writing() as s:
        revise(s, current(s, Placement, "RA-P1"), IMPORTED, start=date(2023, 5, 20))
    seen = preview(tmp_path, VISITS)
    assert seen.keys == ["duties.house_meeting"]
    assert [tuple(effect) for effect in seen.duties] == [("house_meeting", 0, 1, 1)]


def test_a_municipality_that_is_not_known_yet_has_nothing_to_compare(sqlite_database: Settings, tmp_path: Path) -> None:
    seen = preview(tmp_path, "", name="proeveby")
    assert (seen.pay, seen.duties) == (None, [])
    assert "respite_approval.case_weeks" in seen.keys


def test_a_pack_with_faults_or_none_at_all_is_refused(sqlite_database: Settings, tmp_path: Path) -> None:
    with pytest.raises(Refusals, match=r"randers\.toml: payout\.no_such_key"):
        preview(tmp_path, '[payout]\nno_such_key = [{ value = 1, valid_from = 2019-01-01, source = "R9" }]\n')
    with pytest.raises(Refusal, match="no policy file"):
        preview_policy(tmp_path / "nowhere.toml", period="2023-05", now=JUNE)
