"""What is in flows/, imported: each registers its procedure or its job, and is found by its deployment's name."""

from importlib import import_module
from pathlib import Path

FLOWS = Path(__file__).parents[2] / "flows"


def load_flows() -> None:
    for flow in sorted(FLOWS.glob("*/[a-z]*.py")):
        import_module(f"flows.{flow.parent.name}.{flow.stem}")
