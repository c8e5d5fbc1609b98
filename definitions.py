"""The Dagster code location: `dagster dev` in this folder, or `reasonmed ui` from anywhere."""

from reasonmed_assets.orchestration.code_location import build_defs

defs = build_defs()
