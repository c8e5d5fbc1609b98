"""Distributions of `sft_response`."""

from reasonmed_assets.quality.expectations.training import TRAINING

VIEWS = TRAINING
