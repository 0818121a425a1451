"""python -m tests.bench: what was promised about speed and memory, measured here and now."""

from tests.bench import workbook

workbook.main()
