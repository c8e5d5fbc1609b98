-- reads: answer_summaries, reasoning_paths, refined_paths
-- description: Lengths in characters: of the generated paths by generator, of accepted rewritten texts and of short
--     answers.
with

texts as (
    select
        1 as place,
        'path by ' || generator as text_kind,
        length(path_text) as characters
    from reasoning_paths
    where path_text is not null
    union all by name
    select
        if(stage = 'refined', 2, 3) as place,
        stage || ' text' as text_kind,
        length(path_text) as characters
    from refined_paths
    where is_accepted
    union all by name
    select
        4 as place,
        'short answer' as text_kind,
        length(summary) as characters
    from answer_summaries
    where is_accepted
)

select
    text_kind,
    count(*) as texts,
    round(quantile_cont(characters, 0.1))::bigint as p10,
    round(quantile_cont(characters, 0.25))::bigint as p25,
    round(quantile_cont(characters, 0.5))::bigint as median,
    round(quantile_cont(characters, 0.75))::bigint as p75,
    round(quantile_cont(characters, 0.9))::bigint as p90
from texts
group by place, text_kind
order by place, text_kind
