"""indexes of what is due"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BEHIND = sa.text("state = 'open' AND (woken > seen OR flow_run IS NULL)")
KEPT = sa.text('message IS NOT NULL')


def upgrade() -> None:
    op.create_index('cases_wakes', 'cases', ['state', 'wakes_on'])
    op.create_index('cases_behind', 'cases', ['ref'], sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.create_index('cases_flow_run', 'cases', ['flow_run'])
    op.create_index('generated_task_due', 'generated_task', ['municipality', 'state', 'due_on'])
    op.create_index('outbox_kept', 'outbox', ['municipality', 'queued_at'], sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_index('removal_of', 'removal', ['kind', 'ref'])


def downgrade() -> None:
    op.drop_index('removal_of', 'removal')
    op.drop_index('outbox_kept', 'outbox')
    op.drop_index('generated_task_due', 'generated_task')
    op.drop_index('cases_flow_run', 'cases')
    op.drop_index('cases_behind', 'cases')
    op.drop_index('cases_wakes', 'cases')
