"""Distributions of `questions`."""

from reasonmed_assets.quality.expectations.letters import LETTERS

VIEWS = (LETTERS,)
