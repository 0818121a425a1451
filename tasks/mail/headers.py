"""Headers that are encoded as one text: the library's own folding loses spaces where encoded words meet."""

from email.header import Header
from email.headerregistry import HeaderRegistry, UniqueSingleAddressHeader, UniqueUnstructuredHeader
from email.policy import SMTP, EmailPolicy
from email.utils import quote


class Subject(UniqueUnstructuredHeader):
    def fold(self, *, policy: EmailPolicy) -> str:
        lines = _encoded(str(self), len("Subject: "), policy)
        return f"Subject: {lines}{policy.linesep}"


class From(UniqueSingleAddressHeader):
    def fold(self, *, policy: EmailPolicy) -> str:
        name, address = self.address.display_name, f"<{self.address.addr_spec}>"
        said = f'"{quote(name)}"' if _is_plain(name) else _encoded(name, len("From: "), policy)
        return f"From: {said}{policy.linesep} {address}{policy.linesep}"


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text


def _encoded(text: str, before: int, policy: EmailPolicy) -> str:
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    header = Header(text, charset, maxlinelen=policy.max_line_length, header_name=" " * (before - 2))
    return header.encode(linesep=policy.linesep)


# the registry adds the base class itself, which its types don't say
HEADERS = HeaderRegistry()
HEADERS.map_to_type("subject", Subject)  # type: ignore[arg-type]
HEADERS.map_to_type("from", From)  # type: ignore[arg-type]
MAIL = SMTP.clone(header_factory=HEADERS)
