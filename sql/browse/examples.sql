-- reads: answer_summaries, dropped_examples, reasonmed, sft_cot, sft_reasonmed, sft_response
-- description: One row per example that a drawn question has, or was to have: which path stands for it, its short
--     answer, and the training sets that hold it; or why there is none.
with

final_ones as (
    select
        examples.question_id,
        examples.example_id as id,
        examples.slot,
        examples.path_id,
        examples.stage,
        examples.model,
        examples.provider_kind,
        summaries.summary,
        if(summaries.is_accepted, null, coalesce(summaries.rejection, summaries.outcome)) as no_summary,
        list_filter(
            [
                if(cot.example_id is not null, 'sft_cot', null),
                if(response.example_id is not null, 'sft_response', null),
                if(records.example_id is not null, 'sft_reasonmed', null)
            ],
            lambda name: name is not null
        ) as sets
    from reasonmed as examples
    left join answer_summaries as summaries on examples.example_id = summaries.example_id
    left join sft_cot as cot on examples.example_id = cot.example_id
    left join sft_response as response on examples.example_id = response.example_id
    left join sft_reasonmed as records on examples.example_id = records.example_id
    where examples.question_id in (select unnest(getvariable('drawn')))
),

dropped as (
    select
        question_id,
        example_id as id,
        slot,
        reason as dropped,
        -- Of a doubt the detail may name who marked it: the question says so itself.
        if(reason = 'label_doubt', null, detail) as detail
    from dropped_examples
    where question_id in (select unnest(getvariable('drawn')))
)

select *
from final_ones
union all by name
select *
from dropped
order by question_id, slot
