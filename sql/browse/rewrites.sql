-- reads: refined_paths
-- description: One row per rewritten path of a drawn question: from which one, and how it was judged.
select
    question_id,
    path_id as id,
    slot,
    round,
    stage,
    parent_path_id,
    model,
    provider_kind,
    error_kind,
    is_missing,
    coalesce(path_text, raw_text) as content,
    answer_letter as letter,
    is_answer_match as is_key,
    verdict,
    case is_correct when true then 'correct' when false then 'wrong' end as judged,
    verdict_reason as reason,
    supports_key is false as is_key_unsupported,
    leak_phrases,
    is_accepted,
    rejection
from refined_paths
where question_id in (select unnest(getvariable('drawn')))
order by question_id, slot, round, path_id
