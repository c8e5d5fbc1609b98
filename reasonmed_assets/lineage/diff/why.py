"""The cause of every row that differs, by the rules in `causes`. Makes the temporary table `reasons`.

`root_table` and `root_id` name the row where a cause comes from; `detail` says what of it differs.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from reasonmed_assets import sql
from reasonmed_assets.lineage.diff.causes import OF_CALLS, SAMPLED, part_sql, rank_sql
from reasonmed_assets.lineage.diff.changes import OF_A_QUESTION, id_columns, is_about_question, is_made_of_question
from reasonmed_assets.lineage.diff.sides import AFTER, BEFORE, Compared
from reasonmed_assets.quality.derived.references import references_of
from reasonmed_assets.quality.schema import TableSpec
from reasonmed_assets.quality.tables import TABLES

_OF_ALL_CALLS = ("seed", "generators", "votes", "audit_kinds")
"""Values of a profile that decide which calls are made, beside the section of the role."""


def find(compared: Compared) -> None:
    """Make the table; `changes.find` comes first."""
    con = compared.con
    con.execute(
        """
        create or replace temp table reasons (
            table_name varchar, row_id varchar, cause varchar, detail varchar, root_table varchar, root_id varchar
        )
        """
    )
    _read_parts(con, compared.tables)
    whole = [spec.name for spec in compared.tables if is_about_question(spec)]
    for spec in compared.tables:
        _Table(con, spec, whole).explain()


def _read_parts(con: duckdb.DuckDBPyConnection, tables: Sequence[TableSpec]) -> None:
    """Make `changed_parts`, what of the fingerprints differs, and `inputs`, the tables that each is made from."""
    con.execute(
        f"""
        create or replace temp table parts as
        with publishes as (
            select '{BEFORE}' as side, table_name, partition, seq, parts from {BEFORE}_publishes
            union all
            select '{AFTER}' as side, table_name, partition, seq, parts from {AFTER}_publishes
        ),
        latest as (
            from publishes
            qualify row_number() over (partition by side, table_name, partition order by seq desc) = 1
        )
        select latest.side, latest.table_name, latest.partition, part.key as part, part.value ->> '$' as value
        from latest, json_each(latest.parts) as part
        """
    )
    con.execute(
        f"""
        create or replace temp table changed_parts as
        with known as (
            select table_name, partition from parts group by all having count(distinct side) = 2
        ),
        compared as (
            select
                table_name,
                partition,
                part,
                max(value) filter (side = '{BEFORE}') as before,
                max(value) filter (side = '{AFTER}') as after
            from parts
            semi join known using (table_name, partition)
            group by all
        )
        select *, {part_sql("part", "before", "after")} as cause
        from compared
        where before is distinct from after and cause is not null
        """
    )
    lineage = sql.query("views/column_lineage").text
    named = ", ".join(
        f"('{spec.name}', '{parent}')"
        for spec in tables
        for one in references_of(spec, TABLES.values())
        for parent in one.tables
        if parent != spec.name
    )
    con.execute(
        f"""
        create or replace temp table inputs as
        select distinct table_name, part[7:] as input from parts where part like 'table %'
        union
        select distinct table_name, from_table from ({lineage}) as edges
        where from_table is not null and kind != 'previous'
        union
        select * from (values {named})
        """
    )
    listed = ", ".join(sql.literal(spec.name) for spec in tables)
    con.execute(f"delete from inputs where input not in ({listed})")


class _Table:
    """Finds the causes of one table's rows, once those of its inputs are known."""

    def __init__(self, con: duckdb.DuckDBPyConnection, spec: TableSpec, whole: Sequence[str]) -> None:
        self._con, self._spec, self._name = con, spec, spec.name
        self._whole = whole
        self._is_whole = is_made_of_question(spec)

    def explain(self) -> None:
        """Add the reasons, the ones that win first."""
        if not self._count("from changes where table_name = $1"):
            return
        self._by_schema()
        self._by_root()
        if "call_keys" in self._spec.columns:
            self._by_own_calls()
        self._inherited()
        self._by_own_step()
        self._by_siblings()
        if self._name == "questions":
            # What a version without parts let in.
            self._insert("select row_id, 'new question', null, null, null from open_rows where change = 'added'")
        self._insert("select row_id, 'unknown', null, null, null from open_rows")

    def _insert(self, query: str) -> int:
        """Add the first reason of each row of (row_id, cause, detail, root_table, root_id); returns how many.

        The row itself is the root where none is named. The query reads `open_rows`, the rows without a reason.
        """
        self._con.execute(
            f"""
            create or replace temp view open_rows as
            select * from changes
            where table_name = '{self._name}'
                and row_id not in (select row_id from reasons where table_name = '{self._name}')
            """
        )
        order = f"printf('%02d', {rank_sql('cause')}) || coalesce(detail::varchar, '') || root_id"
        return self._count(
            f"""
            insert into reasons
            with found as (
                select
                    row_id,
                    cause,
                    detail::varchar as detail,
                    coalesce(root_table::varchar, '{self._name}') as root_table,
                    coalesce(root_id::varchar, row_id) as root_id
                from ({query}) as found (row_id, cause, detail, root_table, root_id)
                where cause is not null
            ),
            best as (
                select
                    row_id,
                    arg_min({{'cause': cause, 'detail': detail, 'table': root_table, 'id': root_id}}, {order}) as first
                from found
                group by row_id
            )
            select '{self._name}', row_id, first.cause, first.detail, first.table, first.id from best
            """
        )

    def _count(self, query: str) -> int:
        query = query if query.lstrip().startswith("insert") else f"select count(*) {query}"
        row = self._con.execute(query, [self._name] if "$1" in query else []).fetchone()
        assert row is not None
        return int(row[0])

    def _by_schema(self) -> None:
        if not self._count("from changed_parts where table_name = $1 and cause = 'schema'"):
            return
        found = self._con.execute(
            "select distinct unnest(columns) from changes where table_name = $1", [self._name]
        ).fetchall()
        columns = [name for (name,) in found]
        if not columns:
            return
        counted = ", ".join(f"count({one})" for one in columns)
        n_before, n_after = (
            self._con.execute(f"select {counted} from {side}_{self._name}").fetchone() or () for side in (BEFORE, AFTER)
        )
        absent = [one for one, before, after in zip(columns, n_before, n_after, strict=True) if 0 in (before, after)]
        listed = ", ".join(map(sql.literal, absent))
        self._insert(
            f"""
            select row_id, 'schema', array_to_string(columns, ', '), null, null
            from open_rows
            where change = 'changed' and len(columns) > 0 and list_has_all([{listed}]::varchar[], columns)
            """
        )

    def _by_root(self) -> None:
        """Rows that are read from files: nothing in the warehouse is before them."""
        if self._name == "benchmark_questions":
            self._insert("select row_id, 'benchmark', null, null, null from open_rows")
        elif self._name in ("overrides", "reviews"):
            self._insert(
                f"""
                select row_id, 'override', null, null, null from open_rows
                where change != 'changed' or {self._has_part("cause = 'override'")}
                """
            )
        elif self._name == "raw_questions":
            self._by_records()
        elif self._name == "questions":
            self._insert(
                """
                select row_id, 'source file', 'the record moved', null, null from open_rows
                where change = 'changed' and list_contains(columns, 'raw_id')
                """
            )

    def _by_records(self) -> None:
        is_known = {
            side: f"{other}.question_id in (select question_id from {side}_{self._name})"
            for side, other in ((BEFORE, "a"), (AFTER, "b"))
        }
        self._insert(
            f"""
            select
                open_rows.row_id,
                case
                    when change = 'removed' or {is_known[BEFORE]} then 'source file'
                    when change = 'added' or {is_known[AFTER]} then 'new question'
                    else 'source file'
                end,
                coalesce(a.file, b.file) || ', record ' || coalesce(a."row", b."row"),
                null,
                null
            from open_rows
            left join {BEFORE}_changed_{self._name} as b on open_rows.row_id = b.raw_id
            left join {AFTER}_changed_{self._name} as a on open_rows.row_id = a.raw_id
            where {self._has_part("cause = 'source file'")} or not {self._has_parts()}
            """
        )

    def _has_part(self, condition: str, row: str = "open_rows") -> str:
        """SQL condition: of the fingerprint of a row's partition some part differs."""
        return (
            f"exists (from changed_parts as p where p.table_name = '{self._name}' "
            f"and p.partition in ('', {row}.source) and ({condition}))"
        )

    def _has_parts(self) -> str:
        """SQL condition: the parts of the fingerprint are known in both states."""
        return (
            f"(select count(distinct side) = 2 from parts where parts.table_name = '{self._name}' "
            "and parts.partition in ('', open_rows.source))"
        )

    def _by_own_calls(self) -> None:
        roles = [
            role
            for (role,) in self._con.execute(
                "select distinct part[8:] from parts where table_name = $1 and part like 'prompt %'", [self._name]
            ).fetchall()
        ]
        only = sql.literal(roles[0]) if len(roles) == 1 else "null"
        keys = " union all ".join(
            f"select {self._spec.key} as row_id, '{side}' as side, unnest(call_keys) as call_key "
            f"from {side}_changed_{self._name}"
            for side in (BEFORE, AFTER)
        )
        answers = "side = '{}' and asked.model is not null"
        models = f"coalesce(list_sort(list(distinct asked.model) filter ({answers})), [])"
        asked = " union ".join(f"select call_key, role, model from {side}_llm_calls" for side in (BEFORE, AFTER))
        self._con.execute(
            f"""
            create or replace temp table own_calls as
            with
            keys as (
                select *
                from ({keys}) as listed
                where row_id in (
                    select row_id from changes where table_name = '{self._name}' and change = 'changed'
                )
            ),
            asked as (
                select call_key, any_value(role) as role, any_value(model) as model from ({asked}) group by call_key
            ),
            by_role as (
                select
                    keys.row_id,
                    coalesce(asked.role, {only}) as role,
                    coalesce(list(keys.call_key) filter (side = '{BEFORE}'), []) as before,
                    coalesce(list(keys.call_key) filter (side = '{AFTER}'), []) as after,
                    {models.format(BEFORE)} as models_before,
                    {models.format(AFTER)} as models_after
                from keys
                left join asked on keys.call_key = asked.call_key
                group by all
            )
            select
                *,
                len(list_intersect(before, after)) > 0 as is_shared,
                list_sort(before) = list_sort(after) as is_same
            from by_role
            where len(before) > 0 and len(after) > 0
            """
        )
        sampled = ", ".join(map(sql.literal, _OF_ALL_CALLS))
        of_role = f"p.part = 'roles.' || calls.role or p.part in ({sampled})"
        named = "json_extract_string(coalesce(p.before, p.after), 'name')"
        answering = f"p.part like 'providers.%' or list_contains(models_after, {named})"
        self._insert(
            f"""
            with judged as (
                select
                    calls.row_id,
                    calls.role,
                    models_before,
                    models_after,
                    -- A call is accounted for after the tables that use it.
                    len(models_before) > 0 and len(models_after) > 0 as has_models,
                    case
                        when is_same then case when list_contains(open_rows.columns, 'attempts') then 'repaired' end
                        when not is_shared and (
                            {self._has_part("p.part = 'prompt ' || calls.role")}
                            or (not {self._has_parts()} and list_contains(open_rows.columns, 'prompt_hash'))
                        ) then 'prompt'
                        when not is_shared and has_models and models_before != models_after then 'model'
                        when not is_shared and list_has_any(open_rows.columns, ['model', 'revision']) then 'model'
                        when {self._has_part(of_role)} then 'parameter'
                        when not is_shared and {self._has_part(f"p.cause = 'model' and ({answering})")} then 'model'
                        when is_shared then 'repaired'
                    end as cause
                from own_calls as calls
                inner join open_rows on calls.row_id = open_rows.row_id
            )
            select
                row_id,
                cause,
                case cause
                    when 'prompt' then 'prompt ' || role
                    when 'model' then role || case
                        when has_models
                            then ': ' || array_to_string(models_before, ', ')
                                || ' -> ' || array_to_string(models_after, ', ')
                        else ''
                    end
                    else role
                end,
                null,
                null
            from judged
            """
        )

    def _inherited(self) -> None:
        """From rows that share an id, the closest first."""
        coarse = ", ".join(map(sql.literal, OF_A_QUESTION))
        # The rounds of a table's own rows follow one another.
        while self._from(f"i.kind not in ({coarse})", is_of_own_too=True):
            continue
        whole = ", ".join(map(sql.literal, ["", *self._whole]))
        is_whole = "true" if self._is_whole else f"j.table_name in ({whole})"
        has_question = "question_id" in self._spec.columns
        while self._from(f"i.kind in ({coarse}) and {is_whole}", is_of_own_too=not has_question):
            if has_question:
                break

    def _from(self, condition: str, *, is_of_own_too: bool) -> int:
        own = f"or j.table_name = '{self._name}'" if is_of_own_too else ""
        return self._insert(
            f"""
            select open_rows.row_id, reasons.cause, reasons.detail, reasons.root_table, reasons.root_id
            from open_rows
            inner join ids as i on open_rows.table_name = i.table_name and open_rows.row_id = i.row_id
            inner join ids as j on i.kind = j.kind and i.id = j.id
            inner join reasons on j.table_name = reasons.table_name and j.row_id = reasons.row_id
            where
                {condition}
                and (j.table_name in (select input from inputs where table_name = '{self._name}') {own})
                and (j.table_name != '{self._name}' or j.row_id != i.row_id)
            """
        )

    def _by_own_step(self) -> None:
        of_calls = ", ".join(map(sql.literal, OF_CALLS))
        model = ""
        if "model" in self._spec.columns and "call_keys" in self._spec.columns:
            model = self._by_new_model()
        self._insert(
            f"""
            select
                open_rows.row_id,
                case
                    when '{self._name}' = 'questions' and change = 'added' and p.part = 'limit' then 'new question'
                    else p.cause
                end,
                p.part,
                null,
                null
            from open_rows
            inner join changed_parts as p
                on p.table_name = '{self._name}' and p.partition in ('', open_rows.source)
            where p.cause not in ({of_calls}) and (change != 'changed' or p.part not like 'roles.%')
            {model}
            """
        )

    def _by_new_model(self) -> str:
        """SQL for rows of a model that the other state has no row of."""
        models = {side: f"select model from {side}_{self._name} where model is not null" for side in (BEFORE, AFTER)}
        return " ".join(
            f"""
            union all
            select open_rows.row_id, 'model', own.model, null, null
            from open_rows
            inner join {side}_changed_{self._name} as own on open_rows.row_id = own.{self._spec.key}
            where open_rows.change = '{change}' and own.model not in ({models[other]})
            """
            for side, change, other in ((AFTER, "added", BEFORE), (BEFORE, "removed", AFTER))
        )

    def _by_siblings(self) -> None:
        known = f"select input from inputs where table_name = '{self._name}'"
        # Rows of this table are among them: the row itself is one.
        others = f"from changes where table_name = '{self._name}' or table_name in ({known})"
        if "question_id" in id_columns(self._spec):
            self._insert(
                f"""
                select row_id, 'siblings', 'of the question', null, null
                from open_rows
                where question_id in (select question_id {others} group by question_id having count(*) > 1)
                """
            )
        if self._name not in SAMPLED:
            return
        self._insert(
            f"""
            select row_id, 'siblings', 'of the source', null, null
            from open_rows
            left join (select source, count(*) as n {others} group by source) as same using (source)
            cross join (select count(*) as n from (select source {others}) where source is null) as of_all
            where {self._has_parts()} and coalesce(same.n, 0) + of_all.n > 1
            """
        )
