"""What is found in the folders processes/ and forms/: nothing else lists processes, their forms, keys and needs."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from rules import forms, processes
from rules.forms.base import Form
from rules.needs import PolicyNeeds
from rules.policy_kinds import Kind
from rules.process import Process
from rules.refusal import Refusal


def _modules(package: ModuleType) -> list[ModuleType]:
    return [import_module(f"{package.__name__}.{each.name}") for each in iter_modules(package.__path__)]


def _below(form: type[Form]) -> list[type[Form]]:
    return [form, *(found for child in form.__subclasses__() for found in _below(child))]


_modules(forms)
_BY_NAME = {module.PROCESS.name: module for module in _modules(processes)}

PROCESSES: dict[str, Process] = {name: module.PROCESS for name, module in _BY_NAME.items()}
PROCESS_KEYS: dict[str, Kind] = {
    key: kind for module in _BY_NAME.values() for key, kind in getattr(module, "KEYS", {}).items()
}
PROCESS_NEEDS: dict[str, PolicyNeeds] = {name: module.NEEDS for name, module in _BY_NAME.items()}
FORMS = {form.__name__: form for form in _below(Form) if "title" in vars(form)}


class UnknownProcess(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is no process {name!r}; there is {', '.join(PROCESSES)}")


def process_named(name: str) -> Process:
    if name not in PROCESSES:
        raise UnknownProcess(name)
    return PROCESSES[name]


def form_named(name: str) -> type[Form]:
    return FORMS[name]
