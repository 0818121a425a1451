"""what stopped a case, and when it is tried again"""

import sqlalchemy as sa
from alembic import op

import data.columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('fault', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('fault_version', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('again_at', data.columns.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('cases', schema=None) as batch_op:
        for column in ('again_at', 'tries', 'fault_version', 'fault'):
            batch_op.drop_column(column)
