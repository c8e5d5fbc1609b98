-- relations: released_edges, rows
-- description: Every released record has its edges, to no other row of that table: to its example, paths, question, raw
--     record, to what was scored, and to every call.
with

placed as (
    select
        *,
        if(stage = 'generated', 'reasoning_paths', 'refined_paths') as path_table,
        if(parent_path_id = base_path_id, 'reasoning_paths', 'refined_paths') as parent_table,
        if(stage = 'generated', null, path_id) as rewritten_id,
        if(parent_path_id = base_path_id, null, parent_path_id) as rewritten_parent_id,
        if(rank_score is null, null, base_path_id) as ranked_id
    from rows
),

expected as (
    select distinct edges.*
    from placed
    cross join lateral (
        values
        ('sft_cot', example_id, 'reasonmed', example_id),
        ('sft_reasonmed', example_id, 'reasonmed', example_id),
        ('sft_response', example_id, 'reasonmed', example_id),
        ('answer_summaries', example_id, 'reasonmed', example_id),
        ('answer_summaries', example_id, 'questions', question_id),
        ('reasonmed', example_id, 'questions', question_id),
        ('reasonmed', example_id, path_table, path_id),
        ('reasonmed', example_id, placed.parent_table, parent_path_id),
        ('questions', question_id, 'raw_questions', raw_id),
        ('difficulty_tiers', question_id, 'questions', question_id),
        ('reasoning_paths', base_path_id, 'questions', question_id),
        ('verifications', base_path_id, 'questions', question_id),
        ('verifications', base_path_id, 'reasoning_paths', base_path_id),
        ('ranked_paths', ranked_id, 'questions', question_id),
        ('ranked_paths', ranked_id, 'reasoning_paths', base_path_id),
        ('refined_paths', rewritten_id, 'questions', question_id),
        ('refined_paths', rewritten_id, placed.parent_table, parent_path_id),
        ('refined_paths', rewritten_parent_id, 'questions', question_id),
        ('refined_paths', rewritten_parent_id, 'reasoning_paths', base_path_id)
    ) as edges (child_table, child_id, parent_table, parent_id)
    where edges.child_id is not null and edges.parent_id is not null
),

scored as (
    select list_sort(list([parent_table, parent_id])) as made_from
    from released_edges
    where child_table = 'quality_scores' and kind = 'made_from'
    group by child_id
),

texts_scored as (
    select
        texts.*,
        list_sort([
            ['questions', question_id], ['reasonmed', example_id], [texts.parent_table, texts.parent_id]
        ]) as made_from
    from placed
    cross join lateral (
        values
        (example_id, path_table, if(quality_score is null, null, path_id)),
        (example_id, placed.parent_table, if(quality_score_before is null, null, parent_path_id))
    ) as texts (child_id, parent_table, parent_id)
    where texts.parent_id is not null
),

made_from as (
    select
        child_table,
        child_id,
        parent_table,
        parent_id
    from released_edges
    where kind = 'made_from'
)

select expected.*
from expected
anti join made_from
    on
        expected.child_table = made_from.child_table
        and expected.child_id = made_from.child_id
        and expected.parent_table = made_from.parent_table
        and expected.parent_id = made_from.parent_id
union all by name
select made_from.*
from made_from
semi join expected
    on
        made_from.child_table = expected.child_table
        and made_from.child_id = expected.child_id
        and made_from.parent_table = expected.parent_table
anti join expected as same
    on
        made_from.child_table = same.child_table
        and made_from.child_id = same.child_id
        and made_from.parent_table = same.parent_table
        and made_from.parent_id = same.parent_id
union all by name
select
    'quality_scores' as child_table,
    child_id,
    parent_table,
    parent_id
from texts_scored
where made_from not in (select made_from from scored)
union all by name
select
    'rows' as child_table,
    example_id as child_id,
    'llm_calls' as parent_table,
    call_key as parent_id
from (select example_id, unnest(call_keys) as call_key from rows) as behind
where call_key not in (select parent_id from released_edges where kind = 'call')
