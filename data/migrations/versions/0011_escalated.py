"""with whom an overdue task was when its leader was told: one mail a leader and day"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("generated_task", sa.Column("escalated_with", AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("generated_task", "escalated_with")
