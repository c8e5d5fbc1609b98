-- makes: model_agreement
-- reads: verifications
-- description: How often each generator's paths reach the key and are found correct, by source.
select
    generator,
    source,
    count(*) as paths,
    count(*) filter (where is_correct) as correct,
    count(*) filter (where not is_correct) as error,
    count(*) filter (where is_correct is null) as missing,
    round(avg(is_correct::integer), 4) as correct_share,
    round(avg(is_answer_match::integer), 4) as answer_match_share
from verifications
group by all
order by all
