"""Which checks a table has: the generated ones, and one per SQL file in `assertions/`.

An assertion is a query over the view `staged` (the rows about to be published) and the published tables; it returns the
rows that violate it. Its first lines declare it:

    -- check: number of the method's check that it belongs to, or none
    -- severity: block | warn
    -- judges: build | model (a profile may turn what judges a model into warnings)
    -- scope: unit, where it judges the rows of each unit (question, call) whatever the others are; else no such line
    -- description: what must hold, one sentence

`assertions/<table>/` holds those of one table, `assertions/group_<group>/` those that all tables of an asset group
share, `assertions/asked_of_models/` those of every table that models fill; these read the view `unanswered` too, the
staged rows that lack their reply, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reasonmed_assets.quality import shrinking
from reasonmed_assets.quality.schema import TABLES, TableSpec
from reasonmed_assets.sql import QueryError, read_header

_FOLDER = Path(__file__).parent / "assertions"
_HEADER = {"check": r"none|[1-9]|1[0-5]", "severity": "block|warn", "judges": "build|model", "description": r".+\."}
"""The keys of an assertion's header, and the pattern of each value."""
_OPTIONAL = {"scope": "unit"}
_OF_A_PARTITION = re.compile(r"threshold_|last_statistics|\b(?:measured|removed|sizes|source_files|unanswered)\b")
"""What an assertion reads that judges a whole partition."""

_THRESHOLD = re.compile(r"getvariable\('threshold_(\w+)'\)")

UNAUDITED = ("builds", "publishes", "failures")
"""Tables that the storage layer writes by itself: there is nothing to audit before."""


@dataclass(frozen=True)
class CheckDeclaration:
    """One check of one table.

    Attributes:
        name: unique within the table; for an assertion the name of its file.
        description: what must hold.
        is_blocking: True when a failure keeps the staged rows from being published.
        method_check: number of the method's check; None for rules that follow from what the tables are.
        judges_model: True when it judges a model's work, which a profile may turn into a warning.
        sql: the assertion; None for the schema and the distributions.
        is_by_unit: True when what it finds in a partition is what it finds in each part of its units.
    """

    name: str
    description: str
    is_blocking: bool
    method_check: int | None = None
    judges_model: bool = False
    sql: str | None = None
    is_by_unit: bool = False

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Names of the thresholds of a profile that the assertion compares with."""
        return thresholds_in(self.sql or "")


def thresholds_in(sql: str) -> tuple[str, ...]:
    """Names of the thresholds of a profile that a query reads."""
    return tuple(dict.fromkeys(_THRESHOLD.findall(sql)))


def check_names(table: str) -> list[CheckDeclaration]:
    """The checks of a table: schema, key, partition, its assertions by name, distributions.

    Raises:
        KeyError: no such table is declared.
        QueryError: an assertion's header is incomplete or wrong; the message names file and line.
    """
    if table in UNAUDITED:
        return []
    return list(_declared(table))


@cache
def _declared(table: str) -> tuple[CheckDeclaration, ...]:
    spec = TABLES[table]
    folders = [_FOLDER / name for name in assertion_folders(spec)]
    files = sorted((file for folder in folders for file in folder.glob("*.sql")), key=lambda file: file.stem)
    schema = CheckDeclaration(
        "schema", "Columns, types, nulls, ranges and allowed values are as declared.", True, is_by_unit=True
    )
    return (schema, *_generated(spec), *(read_assertion(file) for file in files), _distributions(spec))


def assertion_folders(spec: TableSpec) -> list[str]:
    """Names of the folders that hold the assertions of a table."""
    return [spec.name, f"group_{spec.group}", *(["asked_of_models"] if spec.missing else [])]


def _generated(spec: TableSpec) -> list[CheckDeclaration]:
    unique = [name for name, column in spec.columns.items() if column.unique or name == spec.key]
    listed = " and ".join(unique)
    found = [
        CheckDeclaration(
            "key", f"No two rows share {listed}, whatever their partition.", True, sql=_key_sql(spec, unique)
        )
    ]
    if by := spec.partitioned_by:
        sql = f"select {spec.key}, {by} from staged where {by} is distinct from getvariable('{by}')"
        found.append(
            CheckDeclaration(
                "partition", "Every row belongs to the partition that is published.", True, sql=sql, is_by_unit=True
            )
        )
    if spec.guard is not None:
        found.append(CheckDeclaration("shrink", shrinking.DESCRIPTION, True, sql=shrinking.CHECK))
    return found if spec.one_row_per is None else [*found, *_one_row_per(spec, TABLES[spec.one_row_per])]


def _one_row_per(spec: TableSpec, other: TableSpec) -> list[CheckDeclaration]:
    """That each row has its row of the other table, with the same ids, and each of that table's rows one row."""
    by = other.partitioned_by
    shared = ", ".join(
        name for name in (other.key, "question_id", by) if name and name in spec.columns and name in other.columns
    )
    where = f"where others.{by} = getvariable('{by}')" if by is not None and by == spec.partitioned_by else ""
    references = f"select {shared} from staged where ({shared}) not in (select ({shared}) from {other.name})"
    counts = (
        f"select others.{other.key}, count(staged.{spec.key}) as n_rows from {other.name} as others"
        f" left join staged on others.{other.key} = staged.{other.key} {where}"
        f" group by others.{other.key} having count(staged.{spec.key}) != 1"
    )
    return [
        CheckDeclaration("counts", f"Every row of {other.name} has one row.", True, sql=counts, is_by_unit=True),
        CheckDeclaration(
            "references", f"Every row is for a row of {other.name} with its ids.", True, sql=references, is_by_unit=True
        ),
    ]


def _key_sql(spec: TableSpec, unique: list[str]) -> str:
    queries = []
    for name in unique:
        queries.append(
            f"select '{name}' as column_name, {name} as value, 'twice in the staged rows' as problem"
            f" from staged group by {name} having count(*) > 1"
        )
        if by := spec.partitioned_by:
            queries.append(
                f"select '{name}' as column_name, {name} as value, 'also in partition ' || other.{by} as problem"
                f" from staged inner join {spec.name} as other using ({name})"
                f" where other.{by} != getvariable('{by}')"
            )
    return "\nunion all\n".join(queries)


def _distributions(spec: TableSpec) -> CheckDeclaration:
    return CheckDeclaration("distributions", f"The distributions of {spec.name} are plausible.", False)


def read_assertion(file: Path) -> CheckDeclaration:
    """The check that a SQL file declares in its first lines.

    Raises:
        QueryError: the header is incomplete or wrong; the message names file and line or item.
    """
    text = file.read_text(encoding="utf-8")
    found = read_header(text, file, (*_HEADER, *_OPTIONAL))
    allowed = _HEADER | {name: values for name, values in _OPTIONAL.items() if name in found}
    wrong = [name for name, values in allowed.items() if not re.fullmatch(values, found.get(name, ""))]
    if wrong:
        raise QueryError(f"{file}: missing or wrong in the header: {', '.join(wrong)} (see {Path(__file__).name})")
    if "scope" in found:
        _refuse_scope(file, text)
    return CheckDeclaration(
        name=file.stem,
        description=found["description"],
        is_blocking=found["severity"] == "block",
        method_check=None if found["check"] == "none" else int(found["check"]),
        judges_model=found["judges"] == "model",
        sql=text,
        is_by_unit="scope" in found,
    )


def _refuse_scope(file: Path, text: str) -> None:
    """Stop where an assertion says that it judges by unit, and cannot be made unit by unit."""
    units = [spec.unit for spec in TABLES.values() if file.parent.name in assertion_folders(spec)]
    if not units or None in units:
        raise QueryError(f"{file}: scope: unit is for a table that is declared with a unit: remove the line")
    if read := _OF_A_PARTITION.search(text):
        raise QueryError(f"{file}: it reads {read[0]}, which is of the whole partition: remove the line scope: unit")
