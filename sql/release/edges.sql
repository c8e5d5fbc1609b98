-- reads: row_lineage
-- relations: frontier
-- description: The edges from some rows of the table `child_table` to what they are made from, and to the calls that
--     answered for them.
select
    row_lineage.child_table,
    row_lineage.child_id,
    row_lineage.parent_table,
    row_lineage.parent_id,
    row_lineage.kind
from row_lineage
inner join frontier on row_lineage.child_id = frontier.id
where
    row_lineage.child_table = getvariable('child_table')
    and frontier.table_name = getvariable('child_table')
    and row_lineage.kind in ('made_from', 'call')
