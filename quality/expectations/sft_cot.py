"""Distributions of `sft_cot`."""

from reasonmed_assets.quality.expectations import training

VIEWS = training.VIEWS
