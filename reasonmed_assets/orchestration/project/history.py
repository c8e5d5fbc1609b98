"""The history of a warehouse for Dagster's own commands in the folder of the project (`dagster.yaml` there).

Where DAGSTER_HOME is set, Dagster uses that instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from reasonmed_assets.config.settings import BuildSettings
from reasonmed_assets.orchestration.history import prepare_dagster_home


class ProjectHistory(DagsterSqliteStorage):
    """Runs and events of the warehouse that the environment names, else of `warehouse/` in the current folder."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """It has no settings."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Any:
        """Open the history, made first where there is none.

        Raises:
            BuildError, HistoryError: as `prepare_dagster_home`.
        """
        return cls(str(prepare_dagster_home(BuildSettings.begin().warehouse_folder)), inst_data)
