"""The Dagster code location, for tools that load a file of this folder."""

from reasonmed_assets.orchestration.project.definitions import defs as defs
