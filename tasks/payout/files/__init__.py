"""Files of a released month: for the payroll system, the bank and each family."""

from tasks.payout.files.export import ExportReport, export_payout

__all__ = ["ExportReport", "export_payout"]
