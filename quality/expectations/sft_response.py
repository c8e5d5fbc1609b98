"""Distributions of `sft_response`."""

from reasonmed_assets.quality.expectations import training

VIEWS = training.VIEWS
