"""Files of a released month: for the payroll system, the bank and each family."""

from tasks.payroll_files.export import ExportReport, export_payout

__all__ = ["ExportReport", "export_payout"]
