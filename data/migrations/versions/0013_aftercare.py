"""until when a placement goes on as aftercare: nights after the 18th birthday are paid for then"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("aftercare_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("placement", "aftercare_until")
