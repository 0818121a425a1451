"""N3, J6: what families told of a half-year, as the document's sections."""

from datetime import date
from typing import Any

from sqlmodel import Session

from data.policies import policy_of
from data.store.facts import current
from data.tables import GeneratedTask, Network, Placement
from rules.forms.half_year import Experiences, StatusReport
from tasks.documents.contexts import child_of, family_of
from tasks.words.language import day, translator

WORKED, GATHERINGS, CONTACTS = "How the network has worked", "Gatherings", "Contact with each home"
NONE_HELD, TIMES = "None in this half-year.", "about %(count)s times"


def experiences_paper(s: Session, task: GeneratedTask, answer: Experiences) -> dict[str, Any]:
    language = policy_of(task.municipality).language
    say = translator(language).gettext
    gatherings = [f"{day(on, language)}: {how}" for on, how in sorted(answer.gatherings.items())]
    contacts = [f"{home}: {say(TIMES) % {'count': count}}" for home, count in sorted(answer.contacts.items())]
    texts = {
        WORKED: answer.how_the_network_worked,
        GATHERINGS: "\n".join(gatherings) or say(NONE_HELD),
        CONTACTS: "\n".join(contacts),
    }
    return {
        **family_of(s, current(s, Network, str(task.about)).resource_family),
        **_period(task),
        "network": task.about,
        "sections": [{"title": say(title), "text": text} for title, text in texts.items()],
    }


def report_paper(s: Session, task: GeneratedTask, answer: StatusReport) -> dict[str, Any]:
    say = translator(policy_of(task.municipality).language).gettext
    placement = current(s, Placement, str(task.about))
    family = family_of(s, placement.family)
    return {
        **family,
        **child_of(s, placement.child),
        **_period(task),
        "sections": [
            {"title": say(heading.replace("_", " ")), "text": answer.sections[heading]}
            for heading in task.demands["headings"]
        ],
        "written_by": family["family_name"],
    }


def _period(task: GeneratedTask) -> dict[str, date]:
    return {name: date.fromisoformat(task.demands[name]) for name in ("period_from", "period_to")}
