"""in which zone an instant of the audit trail was hashed, where that wasn't UTC"""

import hashlib
import json
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

import data.columns

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

LOCAL = ('Europe/Copenhagen', 'Etc/GMT-1', 'Etc/GMT-2')
"""Jobs hashed their local time; Oslo's is the same. The offsets are of times that a night in March hasn't, as `today` could give."""
AUDIT = sa.table(
    'audit',
    sa.column('id', sa.Integer),
    sa.column('at', data.columns.UtcDateTime),
    *(sa.column(name, sa.String) for name in ('actor', 'os_account', 'action', 'subject', 'previous', 'digest', 'zone')),
    sa.column('detail', sa.JSON),
)


def upgrade() -> None:
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('zone', sa.String(), nullable=True))
    connection = op.get_bind()
    unfit = [row for row in connection.execute(sa.select(AUDIT)) if not _fits(row, UTC)]
    for zone in LOCAL:
        local = [row.id for row in unfit if _fits(row, ZoneInfo(zone))]
        unfit = [row for row in unfit if not _fits(row, ZoneInfo(zone))]
        for first in range(0, len(local), 500):
            some = AUDIT.c.id.in_(local[first : first + 500])
            connection.execute(sa.update(AUDIT).where(some).values(zone=zone))


def _fits(row, zone) -> bool:
    at = row.at.astimezone(zone).isoformat()
    covered = [row.previous, at, row.actor, row.os_account, row.action, row.subject, row.detail]
    return row.digest == hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def downgrade() -> None:
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_column('zone')
