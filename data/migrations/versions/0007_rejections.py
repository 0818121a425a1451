"""drafts that weren't approved"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import data.columns

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pay_rejection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('prepared_at', data.columns.UtcDateTime(timezone=True), nullable=False),
    sa.Column('task', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', data.columns.Encrypted(), nullable=False),
    sa.Column('rejected_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rejected_at', data.columns.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('pay_rejection', schema=None) as batch_op:
        batch_op.create_index('pay_rejection_run', ['run'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('pay_rejection', schema=None) as batch_op:
        batch_op.drop_index('pay_rejection_run')

    op.drop_table('pay_rejection')
