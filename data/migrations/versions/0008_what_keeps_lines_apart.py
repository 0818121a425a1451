"""what keeps lines apart"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = "ledger_line_key"
BEFORE = ["run", "period", "subject", "component", "source_key", "taxable"]
AFTER = ["run", "period", "subject", "family", "component", "source_key", "taxable"]
LINE = ["id", *AFTER[1:], "amount_ore", "sources", "basis"]
DECISION = ["id", "line", *AFTER[1:], "amount_ore"]


def upgrade() -> None:
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_constraint(KEY, type_="unique")
        batch_op.create_unique_constraint(KEY, AFTER)
    with op.batch_alter_table("pay_decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("pay_decision", schema=None) as batch_op:
        batch_op.alter_column("about", server_default=None)
    with op.batch_alter_table("expense_claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("spent_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("let_through_on", sa.Date(), nullable=True))
    with op.batch_alter_table("travel_claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("let_through_on", sa.Date(), nullable=True))
    # so far the leader's exception was a grant of its own day
    op.execute(
        "UPDATE expense_claim SET let_through_on = granted_on WHERE superseded_at IS NULL AND ref IN "
        "(SELECT subject FROM audit WHERE action = 'late documentation let through')"
    )
    _say_what_decisions_were_about()
    _name_the_family_in_open_tasks()


def downgrade() -> None:
    with op.batch_alter_table("travel_claim", schema=None) as batch_op:
        batch_op.drop_column("let_through_on")
    with op.batch_alter_table("expense_claim", schema=None) as batch_op:
        batch_op.drop_column("let_through_on")
        batch_op.drop_column("spent_on")
    with op.batch_alter_table("pay_decision", schema=None) as batch_op:
        batch_op.drop_column("about")
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_constraint(KEY, type_="unique")
        batch_op.create_unique_constraint(KEY, BEFORE)


def _say_what_decisions_were_about() -> None:
    """As far as the line decided about still stands as it was."""
    line, made = sa.table("ledger_line", *map(sa.column, LINE)), sa.table("pay_decision", *map(sa.column, DECISION))
    same = [line.c[name] == made.c[name] for name in (*AFTER[1:], "amount_ore")]
    wanted = sa.select(made.c.id, line.c.sources, line.c.basis).join(line, sa.and_(line.c.id == made.c.line, *same))
    rows = op.get_bind().execute(wanted)
    for id_, sources, basis in rows.all():
        said = _read(basis)
        about = {"days": said.get("days", ""), "sources": _read(sources)}
        op.get_bind().execute(
            sa.text("UPDATE pay_decision SET about = :about WHERE id = :id"), {"about": json.dumps(about), "id": id_}
        )


def _name_the_family_in_open_tasks() -> None:
    rows = op.get_bind().execute(
        sa.text(
            "SELECT ref, step, demands FROM generated_task WHERE state = 'open' AND \"case\" IS NULL "
            "AND form IN ('HeldLineDecision', 'OverpaymentDecision')"
        )
    )
    for ref, step, demands in rows.all():
        family = op.get_bind().scalar(
            sa.text("SELECT family FROM ledger_line WHERE id = :line"), {"line": _read(demands)["line"]}
        )
        matter, _, number = step.rpartition(":")
        if family:
            named = {"step": f"{matter}/{family}:{number}", "ref": ref}
            op.get_bind().execute(sa.text("UPDATE generated_task SET step = :step WHERE ref = :ref"), named)


def _read(value):
    return json.loads(value) if isinstance(value, str) else value
