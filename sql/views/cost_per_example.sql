-- makes: cost_per_example
-- reads: call_costs, reasonmed
-- description: What each final example cost: the calls made for it alone, and its part of those that served its whole
--     question, as far as it is known (see call_costs). What was spent on dropped rows and unused calls is in `cost`.
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
        sum(paid_usd) as paid_usd,
        sum(unknown_attempts) as unknown_attempts,
        sum(unknown_usd) as unknown_usd
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
    list_sum([own.prompt_tokens, shared.prompt_tokens / examples.n_of_question]) as prompt_tokens,
    list_sum([own.completion_tokens, shared.completion_tokens / examples.n_of_question]) as completion_tokens,
    list_sum([own.cost_usd, shared.cost_usd / examples.n_of_question]) as cost_usd,
    list_sum([own.paid_usd, shared.paid_usd / examples.n_of_question]) as paid_usd,
    coalesce(own.unknown_attempts, 0) + coalesce(shared.unknown_attempts, 0) / examples.n_of_question
        as unknown_attempts,
    coalesce(own.unknown_usd, 0) + coalesce(shared.unknown_usd, 0) / examples.n_of_question as unknown_usd
from examples
left join spent as own on examples.example_id = own.example_id
left join spent as shared on examples.question_id = shared.question_id and shared.example_id is null
