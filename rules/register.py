"""What is found in the folders processes/ and forms/: nothing else lists processes, their forms, keys and needs."""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeVar

from rules import forms, processes
from rules.forms.base import Form
from rules.needs import PolicyNeeds
from rules.policy_kinds import Kind
from rules.process import Process
from rules.refusal import Refusal

T = TypeVar("T")


def _modules(package: ModuleType) -> list[ModuleType]:
    return [import_module(f"{package.__name__}.{each.name}") for each in iter_modules(package.__path__)]


def _below(form: type[Form]) -> list[type[Form]]:
    return [form, *(found for child in form.__subclasses__() for found in _below(child))]


def _each_once(named: Iterable[tuple[str, T]], what: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, one in named:
        if name in found:
            raise Refusal(f"two of the files in rules/ have {what} {name}; give one of them another name")
        found[name] = one
    return found


_modules(forms)
_BY_NAME = _each_once(((module.PROCESS.name, module) for module in _modules(processes)), "the process")

PROCESSES: dict[str, Process] = {name: module.PROCESS for name, module in _BY_NAME.items()}
PROCESS_KEYS: dict[str, Kind] = _each_once(
    (item for module in _BY_NAME.values() for item in getattr(module, "KEYS", {}).items()), "the policy key"
)
PROCESS_NEEDS: dict[str, PolicyNeeds] = {name: module.NEEDS for name, module in _BY_NAME.items()}
FORMS = _each_once(((form.__name__, form) for form in _below(Form) if "title" in vars(form)), "the form")


class UnknownProcess(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no process {name!r}; there is {', '.join(PROCESSES)}")


def process_named(name: str) -> Process:
    if name not in PROCESSES:
        raise UnknownProcess(name)
    return PROCESSES[name]


def form_named(name: str) -> type[Form]:
    return FORMS[name]
