"""Distributions of `sft_cot`."""

from reasonmed_assets.quality.expectations.training import TRAINING

VIEWS = TRAINING
