"""What is missing before anything can run: a form's texts, a policy key's type, a deployment's flow. A line each."""

from collections.abc import Iterator
from pkgutil import resolve_name

from data.policies import municipalities, policy_of
from rules.policy import DUTIES
from rules.policy_keys import KEYS
from rules.refusal import Refusals
from rules.register import FORMS, PROCESS_NEEDS, PROCESSES
from tasks.runs.job_runner import JOBS
from tasks.runs.loaded import load_flows
from tasks.runs.schedules import SWEEP, entrypoints
from tasks.words.document_words import LETTER_RULES
from tasks.words.language import translator

TEXTS = ("title", "what", "why")


def refuse_incomplete() -> None:
    """Raises Refusals."""
    if missing := [*texts_missing(), *types_missing(), *flows_missing()]:
        raise Refusals(missing)


def texts_missing() -> Iterator[str]:
    """In the languages that a municipality here speaks."""
    for language in sorted({policy_of(key).language for key in municipalities()}):
        said = translator(language)
        for form in FORMS.values():
            lacks = [text for text in TEXTS if (own := getattr(form, text)) and said.gettext(own) == own]
            if lacks:
                yield f"the form {form.__name__} has no {', '.join(lacks)} in {language}; add them to templates/locale"
    for process in PROCESSES.values():
        if process.row not in LETTER_RULES:
            yield f"{process.name}: its row {process.row} has no words; add them to tasks/words/document_words.py"


def types_missing() -> Iterator[str]:
    for name, needs in PROCESS_NEEDS.items():
        keys = {*needs.keys, *needs.in_denmark, *(key for more in needs.where.values() for key in more)}
        for key in sorted(key for key in keys - KEYS.keys() if not key.startswith(DUTIES)):
            yield f"{name} needs the policy key {key}, which has no type; add it to KEYS in its file of rules/processes"


def flows_missing() -> Iterator[str]:
    deployed = entrypoints()
    all_there = True
    for name, entrypoint in deployed.items():
        try:
            found = resolve_name(entrypoint)
        except (ImportError, AttributeError) as error:
            yield f"the deployment {name} has no flow: {entrypoint} isn't there ({error}); mend prefect.yaml"
            all_there = False
            continue
        if found.name != name:
            yield f"the deployment {name} runs the flow {found.name}; mend its entrypoint in prefect.yaml"
    if all_there:
        load_flows()  # a job in a file that no deployment names is found too
    for name in sorted({*PROCESSES, *JOBS, SWEEP} - deployed.keys()):
        yield f"{name} has no deployment; add it to prefect.yaml"
