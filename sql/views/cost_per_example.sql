-- makes: cost_per_example
-- reads: call_costs, reasonmed
-- description: What each final example cost: the calls made for it alone, and its part of those that served its whole
--     question. What was spent on dropped rows and unused calls is in `cost`.
with

examples as (
    select
        example_id,
        question_id,
        source,
        tier,
        count(*) over (partition by question_id) as n_of_question
    from reasonmed
),

spent as (
    select
        example_id,
        question_id,
        sum(calls) as calls,
        sum(prompt_tokens) as prompt_tokens,
        sum(completion_tokens) as completion_tokens,
        sum(cost_usd) as cost_usd,
        sum(paid_usd) as paid_usd
    from call_costs
    where spent_on = 'examples'
    group by example_id, question_id
)

select
    examples.example_id,
    examples.question_id,
    examples.source,
    examples.tier,
    coalesce(own.calls, 0) + coalesce(shared.calls, 0) / examples.n_of_question as calls,
    coalesce(own.prompt_tokens, 0) + coalesce(shared.prompt_tokens, 0) / examples.n_of_question as prompt_tokens,
    coalesce(own.completion_tokens, 0)
    + coalesce(shared.completion_tokens, 0) / examples.n_of_question as completion_tokens,
    coalesce(own.cost_usd, 0) + coalesce(shared.cost_usd, 0) / examples.n_of_question as cost_usd,
    coalesce(own.paid_usd, 0) + coalesce(shared.paid_usd, 0) / examples.n_of_question as paid_usd
from examples
left join spent as own on examples.example_id = own.example_id
left join spent as shared on examples.question_id = shared.question_id and shared.example_id is null
