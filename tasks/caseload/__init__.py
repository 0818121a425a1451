"""The caseload workbook in and out."""

from tasks.caseload.exports import ExportReport, export_workbook
from tasks.caseload.imports import ImportReport, SheetCount, import_workbook

__all__ = ["ExportReport", "ImportReport", "SheetCount", "export_workbook", "import_workbook"]
