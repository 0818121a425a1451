"""what is known of a municipality itself: the day on which it began here"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

import data.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CURRENT = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", AutoString(length=160), nullable=False),
        sa.Column("recorded_at", data.columns.UtcDateTime(), nullable=False),
        sa.Column("superseded_at", data.columns.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("municipality", AutoString(), nullable=False),
        sa.Column("duties_begin", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "municipality_current",
        "municipality",
        ["ref"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index("municipality_recorded", "municipality", ["ref", "recorded_at"])


def downgrade() -> None:
    op.drop_table("municipality")
