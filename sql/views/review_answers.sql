-- makes: review_answers
-- reads: reviews
-- description: What each reviewer says last of each text, one row per thing asked: key, reasoning, answer.
with

answers as (
    select
        example_id,
        content_hash,
        source,
        tier,
        reviewer,
        is_stale,
        unnest(['key', 'reasoning', 'answer']) as asked,
        unnest([key_verdict, reasoning_verdict, answer_verdict]) as verdict
    from reviews
    where is_current
)

select * from answers
where verdict is not null
