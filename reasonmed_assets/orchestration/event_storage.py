"""Dagster's SQLite storage for a process that makes runs: each database is opened once, not anew for each event.

The files and what is in them are those of Dagster's own storage, by which the UI reads them at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import local
from typing import Any

from dagster import DagsterInstance, EventLogEntry
from dagster._core.instance import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.event import listen


def kept_open(home: Path) -> DagsterInstance:
    """The instance of a home. Its databases stay open until it is disposed of; what the user chose instead stays.

    What a run prints is not on its page as well: for that, Dagster starts four processes a run, which take the last
    lines with them when it ends, and hold its output open after it was killed.

    Args:
        home: Dagster's home with its settings, made ready.
    """
    ref = InstanceRef.from_dir(str(home))
    chosen = ref.storage_data
    if chosen is not None and chosen.class_name == DagsterSqliteStorage.__name__:
        ref = ref._replace(storage_data=ConfigurableClassData(__name__, KeptOpenStorage.__name__, chosen.config_yaml))
    if ref.compute_logs_data == InstanceRef.config_defaults(str(home))["compute_logs"]:
        nothing = ConfigurableClassData(NoOpComputeLogManager.__module__, NoOpComputeLogManager.__name__, "{}\n")
        ref = ref._replace(compute_logs_data=nothing)
    return DagsterInstance.from_ref(ref)


class _Engines:
    """An engine per database, each with its pool of open connections.

    A transaction is safe once it is written, also when the process is killed; the disk is not asked to confirm each. A
    loss of power may take the last events of a run, and no more than these: what was published and paid for is in
    files of its own.
    """

    def __init__(self) -> None:
        self._engines: dict[str, Engine] = {}
        self._held = local()

    @contextmanager
    def begin(self, url: str) -> Iterator[Connection]:
        """A transaction, or the one of this thread that is held."""
        if (held := getattr(self._held, "connections", None)) is None:
            with self._engine(url).begin() as connection:
                yield connection
            return
        if url not in held:
            held[url] = self._held.stack.enter_context(self._engine(url).begin())
        yield held[url]

    @contextmanager
    def held(self) -> Iterator[None]:
        """One transaction of this thread per database for all that is written within."""
        if getattr(self._held, "connections", None) is not None:
            yield
            return
        with ExitStack() as stack:
            self._held.stack, self._held.connections = stack, {}
            try:
                yield
            finally:
                self._held.connections = None

    def _engine(self, url: str) -> Engine:
        if url not in self._engines:
            engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
            listen(engine, "connect", _trust_the_system)
            self._engines[url] = engine
        return self._engines[url]

    def close(self) -> None:
        """Close every connection."""
        while self._engines:
            self._engines.popitem()[1].dispose()


def _trust_the_system(connection: Any, _record: Any) -> None:
    connection.execute("pragma synchronous = normal")


class KeptOpenRuns(SqliteRunStorage):
    """The records of runs."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = _Engines()
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction."""
        with self._engines.begin(self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        """Close the database."""
        self._engines.close()


class KeptOpenEvents(SqliteEventLogStorage):
    """The events, in a database per run and one over all runs."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines = _Engines()
        self._known_tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if shard not in self._initialized_dbs:
            # Makes the tables where there are none.
            with super()._connect(shard):
                pass
        with self._db_lock, self._engines.begin(self.conn_string_for_shard(shard)) as connection:
            yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event."""
        with self._engines.held():
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events together: what a run is about to do."""
        with self._engines.held():
            for event in events:
                self.store_event(event)

    def has_table(self, table_name: str) -> bool:
        """Whether the database over all runs has a table; asked with each event, so looked up until it is there."""
        if table_name not in self._known_tables:
            with self._engines.begin(self.conn_string_for_shard(INDEX_SHARD_NAME)) as connection:
                if not inspect(connection).has_table(table_name):
                    return False
            self._known_tables.add(table_name)
        return True

    def dispose(self) -> None:
        """Close the databases."""
        super().dispose()
        self._engines.close()


class KeptOpenStorage(DagsterSqliteStorage):
    """Dagster's storage of a home, with runs and events kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._run_storage = KeptOpenRuns(self._run_storage._conn_string)
        self._event_log_storage = KeptOpenEvents(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Any) -> KeptOpenStorage:
        """The storage that an `InstanceRef` names."""
        return cls(**config_value, inst_data=inst_data)
