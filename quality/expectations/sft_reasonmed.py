"""Distributions of `sft_reasonmed`."""

from reasonmed_assets.quality.expectations.training import TRAINING

VIEWS = TRAINING
