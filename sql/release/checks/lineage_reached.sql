-- relations: released_edges, rows
-- description: Every edge begins at a released record, at a judgement on one, or where another edge ends, and every
--     row that edges lead to goes back to a raw record. The calls behind an example are those of its edges, and its
--     verifier was called.
with

judged as (
    select
        'quality_scores' as table_name,
        child_id as id
    from released_edges
    where
        child_table = 'quality_scores'
        and parent_table = 'reasonmed'
        and parent_id in (select example_id from rows)
),

begun as (
    select
        unnest(['sft_cot', 'sft_reasonmed', 'sft_response', 'answer_summaries']) as table_name,
        example_id as id
    from rows
    union all by name
    select
        unnest(['verifications', 'ranked_paths']) as table_name,
        base_path_id as id
    from rows
    union all by name
    select
        'difficulty_tiers' as table_name,
        question_id as id
    from rows
    union all by name
    select
        parent_table as table_name,
        parent_id as id
    from released_edges
    union all by name
    select * from judged
),

children as (select distinct (child_table, child_id) from released_edges),

of_examples as (
    select
        example_id,
        unnest([
            ('answer_summaries', example_id),
            ('reasoning_paths', base_path_id),
            ('verifications', base_path_id),
            ('ranked_paths', base_path_id),
            ('refined_paths', if(stage = 'generated', null, path_id)),
            ('refined_paths', if(parent_path_id = base_path_id, null, parent_path_id))
        ]) as place
    from rows
),

keys_of_edges as (
    select
        of_examples.example_id,
        list_sort(list(distinct released_edges.parent_id)) as call_keys
    from of_examples
    inner join released_edges on of_examples.place = (released_edges.child_table, released_edges.child_id)
    where released_edges.kind = 'call'
    group by of_examples.example_id
)

select
    child_table,
    child_id,
    parent_table,
    parent_id
from released_edges
where
    (child_table, child_id) not in (select (table_name, id) from begun where id is not null)
    or kind is distinct from if(parent_table = 'llm_calls', 'call', 'made_from')
    or (
        parent_table not in ('llm_calls', 'raw_questions')
        and (parent_table, parent_id) not in (from children)
    )
union all by name
select
    'rows' as child_table,
    rows.example_id as child_id,
    'llm_calls' as parent_table,
    array_to_string(rows.call_keys, ', ') as parent_id
from rows
left join keys_of_edges on rows.example_id = keys_of_edges.example_id
where rows.call_keys is distinct from keys_of_edges.call_keys
union all by name
select
    'verifications' as child_table,
    base_path_id as child_id,
    'llm_calls' as parent_table,
    verifier_model as parent_id
from rows
where
    stage = 'generated'
    and (verifier_model is null) = (('verifications', base_path_id) in (
        select (child_table, child_id) from released_edges where kind = 'call'
    ))
