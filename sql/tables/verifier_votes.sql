-- makes: verifier_votes
-- relations: judged, read_votes
-- description: What each vote says and why, as the ledger has it.
select
    id_of([judged.used_by, judged.row_id, judged.call_key]) as vote_id,
    judged.used_by,
    judged.row_id,
    judged.question_id,
    judged.source,
    row_number() over (partition by judged.used_by, judged.row_id order by judged.place) as vote,
    judged.call_key,
    votes.verdict,
    votes.reason
from judged
inner join read_votes as votes on judged.call_key = votes.call_key
