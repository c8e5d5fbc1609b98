-- reads: quality_scores
-- description: Examples of the scored sample whose text was rewritten, by tier: the scores of the text before and of
--     the final one.
select
    finals.tier,
    count(*) as examples,
    round(avg(befores.score), 2) as before,
    round(avg(finals.score), 2) as final,
    count(*) filter (where finals.score > befores.score) as better,
    count(*) filter (where finals.score = befores.score) as same,
    count(*) filter (where finals.score < befores.score) as worse
from quality_scores as finals
inner join quality_scores as befores on finals.example_id = befores.example_id
where finals.text_role = 'final' and befores.text_role = 'before' and finals.score is not null
    and befores.score is not null
group by finals.tier
order by min(list_position(['easy', 'medium', 'difficult'], finals.tier))
