-- reads: row_lineage
-- relations: frontier
-- description: The edges from some rows to what they are made from, and to the calls that answered for them.
select
    row_lineage.child_table,
    row_lineage.child_id,
    row_lineage.parent_table,
    row_lineage.parent_id,
    row_lineage.kind
from row_lineage
inner join frontier on row_lineage.child_table = frontier.table_name and row_lineage.child_id = frontier.id
where row_lineage.kind in ('made_from', 'call')
