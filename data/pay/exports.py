"""Payroll files that were written, run by run."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from data.tables import PayExport, PayRun


def exports_of(s: Session, run: PayRun) -> Sequence[PayExport]:
    """Oldest first."""
    of = select(PayExport).where(PayExport.run == run.ref)
    return s.exec(of.order_by(col(PayExport.exported_at), col(PayExport.ref))).all()
