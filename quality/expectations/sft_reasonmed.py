"""Distributions of `sft_reasonmed`."""

from reasonmed_assets.quality.expectations import training

VIEWS = training.VIEWS
