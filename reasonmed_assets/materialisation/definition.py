"""How one table is made, as far as its SQL does not say it: Python code, inputs that are no tables, views to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from reasonmed_assets.materialisation.code import Code, code_of
from reasonmed_assets.materialisation.session import BuildSession
from reasonmed_assets.materialisation.stage import AskModels, Stage, StageRows
from reasonmed_assets.materialisation.transform import Transform, transform_of
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.roles import role_named


@dataclass(frozen=True)
class Input:
    """Something that a table is made from and that is no table.

    Attributes:
        kind: what it is, as the graph shows it.
        state: names of what is read -> what changes when it does, for a partition.
        code: the functions that read it, where the stage function does not name them itself.
        changed: names of what is read -> the calls of which a change of it tells, from its state before; None: that may
            be any. Where a name is not there, all rows are made anew.
    """

    kind: str
    state: Callable[[BuildSession, str | None], Mapping[str, Any]]
    code: Sequence[Callable[..., Any]] = ()
    changed: Mapping[str, Callable[[BuildSession, Any], Sequence[str] | None]] = field(default_factory=dict)


def from_query(stage: Stage) -> None:
    """Write the rows of the table's query, with all that it reads."""
    stage.write()


@dataclass(frozen=True)
class TableDefinition:
    """How one declared table is made.

    Attributes:
        name: the table.
        ask: has calls answered; its code counts for the tables whose queries have a step.
        stage_rows: writes the rows to `stage.path`; needed where Python code makes what the query reads.
        inputs: what it is made from besides tables.
        views: names of views over the table; their rows, those of the partition, are shown with each materialisation.
    """

    name: str
    ask: AskModels
    stage_rows: StageRows = from_query
    inputs: Sequence[Input] = ()
    views: Sequence[str] = ()

    @property
    def spec(self) -> TableSpec:
        """The table's declaration."""
        return TABLES[self.name]

    @property
    def transform(self) -> Transform:
        """What the rows are made from.

        Raises:
            QueryError: a query or a header is wrong.
        """
        return transform_of(self.name)

    def changed_calls(self, session: BuildSession, last: Mapping[str, str]) -> dict[str, Sequence[str] | None]:
        """The calls that are new or changed in what the inputs read, by its name; None: all may be.

        Args:
            session: the run.
            last: the parts of the fingerprint of the rows that are published.
        """
        changed = {name: one for given in self.inputs for name, one in given.changed.items()}
        return {name: one(session, json.loads(last.get(name, "null"))) for name, one in changed.items()}

    @cached_property
    def code(self) -> Code:
        """The Python code that makes the rows, the declarations of the roles that it asks among it.

        Raises:
            RoleError: a query names a role that is not declared.
        """
        roles = self.transform.roles
        roots = [function for one in self.inputs for function in one.code]
        roots += [self.stage_rows] if self.stage_rows is not from_query else []
        roots += [self.ask] if roles else []
        return code_of(tuple(roots), tuple(role_named(role).name for role in roles))
