-- makes: verdict_confusion
-- reads: verifications
-- description: The verifier's verdict against the answer check, by generator.
select
    generator,
    verdict,
    is_answer_match,
    count(*) as paths,
    round(count(*) / sum(count(*)) over (partition by generator), 4) as share
from verifications
group by generator, verdict, is_answer_match
order by generator, verdict, is_answer_match
