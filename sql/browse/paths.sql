-- reads: ranked_paths, reasoning_paths, verifications
-- description: One row per path of a drawn question with its verdict, the reason, and its rank.
select
    paths.question_id,
    paths.path_id as id,
    paths.generator,
    paths.sample,
    paths.model,
    paths.temperature,
    paths.provider_kind,
    paths.error_kind,
    paths.is_missing,
    coalesce(paths.path_text, paths.raw_text) as content,
    paths.answer_letter as letter,
    verdicts.is_answer_match as is_key,
    verdicts.verdict,
    verdicts.n_votes,
    verdicts.n_votes_correct,
    case verdicts.is_correct when true then 'correct' when false then 'wrong' end as judged,
    verdicts.reason,
    ranked.score,
    ranked.justification,
    ranked.selection_rank as rank,
    ranked.near_copy_of
from reasoning_paths as paths
left join verifications as verdicts on paths.path_id = verdicts.path_id
left join ranked_paths as ranked on paths.path_id = ranked.path_id
where paths.question_id in (select unnest(getvariable('drawn')))
order by paths.question_id, paths.generator, paths.sample
