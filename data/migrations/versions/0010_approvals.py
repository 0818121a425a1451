"""a family's approvals as a history, who decides about a placement, the end of a network, and what was taken back"""

import sqlalchemy as sa
from alembic import op

import data.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TAKEN_BACK = (
    "staff",
    "family",
    "household_member",
    "child",
    "placement",
    "terms",
    "network",
    "network_home",
    "gathering",
    "happening",
    "course",
    "team",
    "team_home",
)
SAID = {
    "valid_from": "approved_from",
    "valid_to": "approved_to",
    "children": "approved_children",
    "age_from": "approved_age_from",
    "age_to": "approved_age_to",
    "needs": "approved_needs",
}
TYPES = (sa.Date(), sa.Date(), sa.Integer(), sa.Integer(), sa.Integer(), sa.String())


def _said_in(table, names, *more):
    return sa.table(
        table,
        sa.column("ref", sa.String),
        sa.column("recorded_at", data.columns.UtcDateTime),
        sa.column("superseded_at", data.columns.UtcDateTime),
        *(sa.column(name, type_) for name, type_ in zip(names, TYPES, strict=True)),
        *more,
    )


FAMILY = _said_in("family", SAID.values(), sa.column("id", sa.Integer))
APPROVAL = _said_in("approval", SAID, sa.column("family", sa.String))
WRITTEN_AT_ONCE = 5000
# the child's when the placement was first known: a child may have moved before or after
PLACED_BY = """
UPDATE placement SET municipality = coalesce(
  (SELECT child.municipality FROM child
    WHERE child.ref = (SELECT p.child FROM placement p WHERE p.ref = placement.ref ORDER BY p.id LIMIT 1)
      AND child.recorded_at <= (SELECT min(p.recorded_at) FROM placement p WHERE p.ref = placement.ref)
    ORDER BY child.id DESC LIMIT 1),
  (SELECT child.municipality FROM child WHERE child.ref = placement.child ORDER BY child.id LIMIT 1),
  (SELECT family.municipality FROM family WHERE family.ref = placement.family ORDER BY family.id LIMIT 1),
  ''
)
"""


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("recorded_at", data.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", data.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("family", sa.String(), nullable=False),
        *(sa.Column(name, type_, nullable=True) for name, type_ in zip(SAID, TYPES, strict=True)),
        sa.Column("authority", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    current = sa.text("superseded_at IS NULL")
    op.create_index(
        "approval_current", "approval", ["ref"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_index("approval_recorded", "approval", ["ref", "recorded_at"])
    op.create_index("approval_family", "approval", ["family"])
    _carry_over()
    for table in TAKEN_BACK:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
            if table == "staff":
                batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))
            if table == "network":
                batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
            if table == "placement":
                batch_op.add_column(sa.Column("municipality", sa.String(), nullable=True))
            for column in SAID.values() if table == "family" else ():
                batch_op.drop_column(column)
    op.execute(PLACED_BY)
    with op.batch_alter_table("placement") as batch_op:
        batch_op.alter_column("municipality", existing_type=sa.String(), nullable=False)
        batch_op.create_index("placement_municipality", ["municipality"])


def _carry_over() -> None:
    """A family's versions say what it was approved for then: a first day after the last one begins a new period."""
    connection, found, before, number = op.get_bind(), [], None, 0
    for row in connection.execute(sa.select(FAMILY).order_by(FAMILY.c.ref, FAMILY.c.recorded_at, FAMILY.c.id)):
        said = {name: getattr(row, old) for name, old in SAID.items()}
        if before is None or before["family"] != row.ref:
            before, number = None, 0
        if before is None and all(value is None for value in said.values()):
            continue
        if before is None or _begins_anew(before, said):
            number += 1
        elif all(before[name] == value for name, value in said.items()):
            continue
        else:
            before["superseded_at"] = row.recorded_at
        before = {
            "ref": f"{row.ref}-A{number}",
            "family": row.ref,
            "recorded_at": row.recorded_at,
            "superseded_at": None,
            **said,
        }
        found.append(before)
    for first in range(0, len(found), WRITTEN_AT_ONCE):
        connection.execute(sa.insert(APPROVAL), found[first : first + WRITTEN_AT_ONCE])


def _begins_anew(before, said) -> bool:
    return bool(before["valid_to"] and said["valid_from"] and said["valid_from"] > before["valid_to"])


def downgrade() -> None:
    """The current approval comes back; refused where somebody was approved twice, left, ended or was taken back. What
    a family was approved for at earlier instants stays behind."""
    _refuse_what_has_no_place()
    with op.batch_alter_table("family") as batch_op:
        for column, type_ in zip(SAID.values(), TYPES, strict=True):
            batch_op.add_column(sa.Column(column, type_, nullable=True))
    connection, names = op.get_bind(), list(SAID)
    for row in connection.execute(sa.select(APPROVAL).where(APPROVAL.c.superseded_at.is_(None))):
        values = {SAID[name]: getattr(row, name) for name in names}
        connection.execute(sa.update(FAMILY).where(FAMILY.c.ref == row.family).values(values))
    with op.batch_alter_table("placement") as batch_op:
        batch_op.drop_index("placement_municipality")
        batch_op.drop_column("municipality")
    for table in TAKEN_BACK:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("withdrawn_on")
            if table == "staff":
                batch_op.drop_column("left_on")
            if table == "network":
                batch_op.drop_column("ended_on")
    op.drop_table("approval")


def _refuse_what_has_no_place() -> None:
    asked = {
        "a family with several approvals": "SELECT family FROM approval WHERE superseded_at IS NULL "
        "AND withdrawn_on IS NULL GROUP BY family HAVING count(*) > 1",
        "a network that ended": "SELECT ref FROM network WHERE ended_on IS NOT NULL",
        "somebody who left": "SELECT ref FROM staff WHERE left_on IS NOT NULL",
        **{
            f"a row of {table} that was taken back": f"SELECT ref FROM {table} WHERE withdrawn_on IS NOT NULL"
            for table in ("approval", *TAKEN_BACK)
        },
    }
    for what, query in asked.items():
        if op.get_bind().execute(sa.text(query)).first():
            raise RuntimeError(f"there is {what}; the version before can't hold it, so restore a backup instead")
