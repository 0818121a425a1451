"""whether a case is held up, beside the words that say by what"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("held_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE cases SET held_up = true WHERE waits_for LIKE 'held up: %'")


def downgrade() -> None:
    op.drop_column("cases", "held_up")
