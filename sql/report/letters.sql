-- reads: questions, reasoning_paths, reasonmed, sft_reasonmed
-- description: Letters by source: keys of the questions, letters that the paths conclude with, keys of the training
--     records.
with

letters as (
    select
        1 as place,
        source,
        'questions' as what,
        gold_letter as letter
    from questions
    union all by name
    select
        2 as place,
        source,
        'paths' as what,
        answer_letter as letter
    from reasoning_paths
    where answer_letter is not null
    union all by name
    select
        3 as place,
        records.source,
        'training records' as what,
        examples.gold_letter as letter
    from sft_reasonmed as records
    inner join reasonmed as examples on records.example_id = examples.example_id
)

select
    source,
    what,
    letter,
    count(*) as n
from letters
group by source, place, what, letter
order by source, place, letter
