from datetime import UTC, datetime
from pathlib import Path

from data.audit import Actor
from data.settings import Settings
from data.xlsx import write_workbook
from tasks.workbook import import_workbook, export_workbook

NOW = datetime(2023, 5, 1, 9, tzinfo=UTC)
CLERK = Actor("RA-S01", "clerk")

def test_smoke(database: Settings, tmp_path: Path) -> None:
    rows = {"staff": [["RA-S01","randers","=Ann Æble","a@b.dk","leader, payroll",None,None,None]],
      "families":[["F1","randers","respite","Navn",None,None,"-x",None,None,None,None,datetime(2022,1,1).date(),None,2,0,17,None,"RA-S01"]],
      "children":[["B1","randers","Bo",datetime(2014,5,1).date(),"610514-4000","RA-S01",None]],
      "placements":[["P1","B1","F1","respite",datetime(2022,1,1).date(),None,None]],
      "terms":[["P1",datetime(2022,1,1).date(),2.5,None,8,None,datetime(2022,1,2).date()]],
      "nights":[["N1","P1",datetime(2023,5,5,14),datetime(2023,5,7,20),None,None]],
    }
    path = tmp_path/"a.xlsx"
    write_workbook(path, lambda sheet: rows.get(sheet.name, ()))
    r = import_workbook(path, actor=CLERK, now=NOW)
    print(r)
    print(import_workbook(path, actor=CLERK, now=NOW))
    out = tmp_path/"b.xlsx"
    print(export_workbook(out, actor=CLERK, now=NOW))
    r = import_workbook(out, actor=CLERK, now=NOW)
    print(r)
    assert all(c.added == c.changed == 0 for c in r.sheets.values())
    export_workbook(tmp_path/"blank.xlsx", actor=CLERK, now=NOW, blank=True)
