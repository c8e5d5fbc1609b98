-- relations: released_edges, rows
-- description: Every released record has its edges: to its example, path, question, raw record, and to every call.
with

expected as (
    select
        unnest(['sft_cot', 'sft_reasonmed', 'sft_response', 'answer_summaries']) as child_table,
        example_id as child_id,
        'reasonmed' as parent_table,
        example_id as parent_id
    from rows
    union all by name
    select
        'reasonmed' as child_table,
        example_id as child_id,
        if(stage = 'generated', 'reasoning_paths', 'refined_paths') as parent_table,
        path_id as parent_id
    from rows
    union all by name
    select
        'reasonmed' as child_table,
        example_id as child_id,
        'questions' as parent_table,
        question_id as parent_id
    from rows
    union all by name
    select
        'questions' as child_table,
        question_id as child_id,
        'raw_questions' as parent_table,
        raw_id as parent_id
    from rows
    union all by name
    select
        'difficulty_tiers' as child_table,
        question_id as child_id,
        'questions' as parent_table,
        question_id as parent_id
    from rows
    union all by name
    select
        'verifications' as child_table,
        base_path_id as child_id,
        'reasoning_paths' as parent_table,
        base_path_id as parent_id
    from rows
    where base_path_id is not null
),

answered as (
    select parent_id as call_key
    from released_edges
    where kind = 'call'
)

select
    child_table,
    child_id,
    parent_table,
    parent_id
from expected
where (child_table, child_id, parent_table, parent_id) not in (
    select (child_table, child_id, parent_table, parent_id)
    from released_edges
    where kind = 'made_from'
)
union all by name
select
    'rows' as child_table,
    example_id as child_id,
    'llm_calls' as parent_table,
    call_key as parent_id
from (select example_id, unnest(call_keys) as call_key from rows) as behind
where call_key not in (from answered)
