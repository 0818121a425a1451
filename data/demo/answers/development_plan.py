"""V3."""

from data.demo.answers.base import Usual

USUAL: Usual = {}
