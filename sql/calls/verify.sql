-- makes: calls
-- reads: questions
-- relations: paths
-- role: verifier
-- description: One call per usable path and vote.
select
    paths.path_id || '/' || votes.vote as row_id,
    paths.path_id,
    paths.question_id,
    paths.source,
    votes.vote::bigint as sample,
    getvariable('seed') + votes.vote as seed,
    questions.question,
    questions.context,
    questions.options,
    questions.gold_letter,
    questions.gold_text,
    paths.path_text
from paths
inner join questions on paths.question_id = questions.question_id
cross join range(1, getvariable('votes') + 1) as votes (vote)
where paths.path_text is not null
order by paths.question_id, paths.path_id, votes.vote
