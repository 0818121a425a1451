"""Names of artifacts on Prefect's dashboard."""

import re

from text_unidecode import unidecode

OTHER = re.compile(r"[^a-z0-9]+")
"""Prefect takes small letters, digits and dashes."""


def artifact_key(*parts: str) -> str:
    """Such as duties-vesthimmerland, however the municipality's policy file is named."""
    return OTHER.sub("-", unidecode("-".join(parts)).lower()).strip("-")
