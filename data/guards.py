"""What the database itself refuses (R9): a released month never changes."""

from sqlalchemy import Connection, text

NEVER = "a released month never changes"
TOUCHED = {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}

SQLITE_LINES = """
CREATE TRIGGER IF NOT EXISTS ledger_line_released_{event} BEFORE {event} ON ledger_line
WHEN EXISTS (SELECT 1 FROM pay_run WHERE ref = {row}.run AND status = 'released')
BEGIN SELECT RAISE(ABORT, '{never}'); END
"""
SQLITE_RUN = """
CREATE TRIGGER IF NOT EXISTS pay_run_released_{event} BEFORE {event} ON pay_run
WHEN OLD.status = 'released' BEGIN SELECT RAISE(ABORT, '{never}'); END
"""
POSTGRESQL_REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change_after_release() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_LEVEL = 'ROW' THEN RAISE EXCEPTION '{never}'; END IF;
  IF EXISTS (SELECT 1 FROM pay_run WHERE status = 'released' AND ref IN (SELECT DISTINCT run FROM touched))
  THEN RAISE EXCEPTION '{never}'; END IF;
  RETURN NULL;
END $$
"""
POSTGRESQL_LINES = """
CREATE OR REPLACE TRIGGER ledger_line_released_{event} AFTER {event} ON ledger_line
REFERENCING {row} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_after_release()
"""
POSTGRESQL_RUN = """
CREATE OR REPLACE TRIGGER pay_run_released_{event} BEFORE {event} ON pay_run
FOR EACH ROW WHEN (OLD.status = 'released') EXECUTE FUNCTION refuse_change_after_release()
"""


def guard(connection: Connection) -> None:
    """Puts the triggers in place; those that stand already stay."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.execute(text(POSTGRESQL_REFUSAL.format(never=NEVER)))
    lines, run = (POSTGRESQL_LINES, POSTGRESQL_RUN) if postgresql else (SQLITE_LINES, SQLITE_RUN)
    statements = [(lines, event) for event in TOUCHED] + [(run, event) for event in ("UPDATE", "DELETE")]
    for statement, event in statements:
        connection.execute(text(statement.format(event=event, row=TOUCHED[event], never=NEVER)))
