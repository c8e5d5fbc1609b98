-- makes: funnel
-- reads: difficulty_tiers, dropped_examples, questions, raw_questions, reasoning_paths, reasonmed, rejected_questions,
--     sft_reasonmed, verifications
-- description: How many of each thing every source has, from the published records to the final examples.
with

sources as (select distinct source from raw_questions)

select
    sources.source,
    (select count(*) from raw_questions as t where t.source = sources.source) as published_records,
    (select count(*) from rejected_questions as t where t.source = sources.source) as rejected_records,
    (select count(*) from questions as t where t.source = sources.source) as questions,
    (select count(*) from reasoning_paths as t where t.source = sources.source) as paths,
    (
        select count(*) from reasoning_paths as t where t.source = sources.source and t.path_text is not null
    ) as usable_paths,
    (select count(*) from verifications as t where t.source = sources.source and t.is_correct) as correct_paths,
    (select count(*) from difficulty_tiers as t where t.source = sources.source and t.tier = 'easy') as easy,
    (select count(*) from difficulty_tiers as t where t.source = sources.source and t.tier = 'medium') as medium,
    (select count(*) from difficulty_tiers as t where t.source = sources.source and t.tier = 'difficult') as difficult,
    (
        select count(*) from difficulty_tiers as t where t.source = sources.source and t.tier = 'unresolved'
    ) as unresolved,
    (select count(*) from reasonmed as t where t.source = sources.source) as examples,
    (select count(*) from dropped_examples as t where t.source = sources.source) as dropped,
    (select count(*) from sft_reasonmed as t where t.source = sources.source) as training_records
from sources
order by sources.source
