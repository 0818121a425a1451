"""What the database itself refuses: a change of a released month (R9), of a document, and its silent deletion."""

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

DOCUMENT = "a document never changes"
KEPT = ("ref", "municipality", "about", "kind", "version", "file_name", "digest", "template_digest", "supersedes",
        "made_at", "made_by")  # fmt: skip
"""All but the content, which is written again with a new key; its digest shows what else was done to it."""
REMOVED = "NOT EXISTS (SELECT 1 FROM removal WHERE kind = 'document' AND ref = OLD.ref)"
"""Retention (X5) notes what it takes away before it does."""
SQLITE_DOCUMENT = """
CREATE TRIGGER IF NOT EXISTS document_kept_{event} BEFORE {event} ON document WHEN {when}
BEGIN SELECT RAISE(ABORT, '{never}'); END
"""
POSTGRESQL_DOCUMENT_REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change_of_document() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' AND NOT ({when}) THEN RETURN OLD; END IF;
  RAISE EXCEPTION '{never}';
END $$
"""
POSTGRESQL_DOCUMENT = """
CREATE OR REPLACE TRIGGER document_kept_{event} BEFORE {event} ON document
FOR EACH ROW {when} EXECUTE FUNCTION refuse_change_of_document()
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
    _guard_documents(connection, postgresql)


def _guard_documents(connection: Connection, postgresql: bool) -> None:
    distinct = "IS DISTINCT FROM" if postgresql else "IS NOT"
    changed = " OR ".join(f"OLD.{column} {distinct} NEW.{column}" for column in KEPT)
    if not postgresql:
        for event, when in {"UPDATE": changed, "DELETE": REMOVED}.items():
            connection.execute(text(SQLITE_DOCUMENT.format(event=event, when=when, never=DOCUMENT)))
        return
    connection.execute(text(POSTGRESQL_DOCUMENT_REFUSAL.format(when=REMOVED, never=DOCUMENT)))
    # a trigger's own condition may hold no query
    for event, when in {"UPDATE": f"WHEN ({changed})", "DELETE": ""}.items():
        connection.execute(text(POSTGRESQL_DOCUMENT.format(event=event, when=when)))
