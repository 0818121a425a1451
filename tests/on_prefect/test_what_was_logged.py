"""After all the others: what Prefect's server, the worker and the database wrote while they ran."""

import re

from data.settings import Settings
from tasks.runs.services import Services

FAULT = re.compile(r"Traceback|\bERROR\b|\bCRITICAL\b|\bFATAL\b|\bPANIC\b|Exception in")
EXPECTED = (
    # refusals that tests ask for: Prefect logs every run that ends as Failed
    "no municipality 'atlantis'",
    "is a case of network-family-approval: start it with that deployment",
    # an installation that is put out ends its database fast: connections that still stand are told so
    "terminating connection due to administrator command",
)


def test_no_log_has_a_traceback_or_an_error(home: Services, settings: Settings) -> None:
    logs = {path.stem: path.read_text(errors="replace") for path in (settings.var / "log").glob("*.log")}
    assert {"prefect", "worker", "postgres"} <= logs.keys()
    assert "Started" in logs["worker"] or "worker" in logs["worker"].lower()
    faults = [
        f"{name}: {line}"
        for name, text in logs.items()
        for line in text.splitlines()
        if FAULT.search(line) and not any(reason in line for reason in EXPECTED)
    ]
    assert faults == []
