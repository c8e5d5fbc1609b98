"""Distributions of `questions`."""

from reasonmed_assets.quality.expectations import letters

VIEWS = letters.VIEWS
