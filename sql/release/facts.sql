-- reads: answer_summaries, difficulty_tiers, llm_calls, quality_scores, questions, ranked_paths, raw_questions,
--     reasoning_paths, reasonmed, refined_paths, sft_cot, sft_reasonmed, sft_response, verifications
-- relations: costs, named_models
-- description: One row per released example from `first_id` to `last_id`, without its long texts: where it comes from,
--     how it was judged, which models and calls it is of, what it cost, and under which terms it is.
with

released as (
    select
        example_id,
        question_id,
        path_id,
        parent_path_id,
        source,
        tier,
        slot,
        stage,
        generator,
        answer_letter,
        gold_letter,
        content_hash,
        group_id,
        fold,
        split_role,
        licence,
        is_label_doubt,
        provider_kind
    from reasonmed
    where
        example_id between getvariable('first_id') and getvariable('last_id')
        and example_id in (select sft_reasonmed.example_id from sft_reasonmed)
        -- Sets of other publishes may lack it, where such are allowed.
        and example_id in (select sft_cot.example_id from sft_cot)
        and example_id in (select sft_response.example_id from sft_response)
),

rewritten as (
    select
        paths.* exclude (path_text, raw_text, reasoning_text),
        coalesce(bases.parent_path_id, paths.parent_path_id) as base_path_id
    from refined_paths as paths
    -- The parent of a regenerated text can itself be a refined one.
    left join refined_paths as bases on paths.parent_path_id = bases.path_id
    where paths.path_id in (select path_id from released)
),

origins as (
    select
        released.path_id,
        if(rewritten.path_id is null, released.path_id, rewritten.base_path_id) as base_path_id
    from released
    left join rewritten on released.path_id = rewritten.path_id
),

bases as (
    select * from reasoning_paths
    where path_id in (select base_path_id from origins)
),

base_verdicts as (
    select * from verifications
    where path_id in (select base_path_id from origins)
),

ranks as (
    select * from ranked_paths
    where path_id in (select base_path_id from origins)
),

judges as (
    select
        calls.path_id,
        max_by(answered.model, answered.started_at) as model,
        max_by(answered.revision, answered.started_at) as revision
    from (select path_id, unnest(call_keys) as call_key from rewritten) as calls
    inner join llm_calls as answered on calls.call_key = answered.call_key
    where answered.role = 'verifier' and answered.is_accepted
    group by calls.path_id
),

scores as (
    select
        example_id,
        max(score) filter (text_role = 'final') as quality_score,
        max(score) filter (text_role = 'before') as quality_score_before
    from quality_scores
    where example_id in (select released.example_id from released)
    group by example_id
),

gathered as (
    select
        released.example_id,
        released.question_id,
        questions.raw_id,
        released.path_id,
        released.parent_path_id,
        bases.path_id as base_path_id,
        list_sort(list_distinct(list_concat(
            coalesce(bases.call_keys, []),
            coalesce(base_verdicts.call_keys, []),
            coalesce(ranks.call_keys, []),
            coalesce(rewritten.call_keys, []),
            coalesce(parents.call_keys, []),
            summaries.call_keys
        ))) as call_keys,
        released.fold,
        released.source,
        questions.split,
        released.split_role,
        raw_questions.file,
        raw_questions.row,
        questions.native_id,
        released.group_id,
        questions.subject,
        questions.language,
        questions.option_order,
        released.gold_letter,
        questions.gold_text,
        questions.published_gold_letter,
        released.tier,
        released.slot,
        released.is_label_doubt,
        tiers.n_paths,
        tiers.n_correct,
        tiers.n_error,
        tiers.n_missing,
        released.stage,
        released.generator,
        released.answer_letter,
        coalesce(rewritten.verdict, if(rewritten.path_id is null, base_verdicts.verdict, null)) as verdict,
        if(rewritten.path_id is null, base_verdicts.is_answer_match, rewritten.is_answer_match) as is_answer_match,
        if(rewritten.path_id is null, base_verdicts.reason, rewritten.verdict_reason) as verdict_reason,
        ranks.score as rank_score,
        scores.quality_score,
        scores.quality_score_before,
        coalesce(rewritten.model, bases.model) as path_model,
        coalesce(rewritten.revision, bases.revision) as path_revision,
        if(rewritten.path_id is null, null, coalesce(parents.model, bases.model)) as parent_model,
        if(rewritten.path_id is null, null, coalesce(parents.revision, bases.revision)) as parent_revision,
        bases.model as base_model,
        bases.revision as base_revision,
        if(rewritten.path_id is null, base_verdicts.model, judges.model) as verifier_model,
        if(rewritten.path_id is null, base_verdicts.revision, judges.revision) as verifier_revision,
        summaries.model as summary_model,
        summaries.revision as summary_revision,
        released.provider_kind,
        released.licence,
        -- Sums of parts, whose last digits depend on the order in which they are added.
        round(costs.calls, 6) as calls,
        round(costs.cost_usd, 9) as cost_usd,
        round(costs.unknown_attempts, 6) as unknown_cost_calls,
        released.content_hash as path_hash,
        summaries.content_hash as summary_hash
    from released
    inner join questions on released.question_id = questions.question_id
    inner join raw_questions on questions.raw_id = raw_questions.raw_id
    inner join difficulty_tiers as tiers on released.question_id = tiers.question_id
    inner join answer_summaries as summaries
        on released.example_id = summaries.example_id and summaries.is_accepted
    inner join costs on released.example_id = costs.example_id
    inner join origins on released.path_id = origins.path_id
    left join rewritten on released.path_id = rewritten.path_id
    left join refined_paths as parents on rewritten.parent_path_id = parents.path_id
    left join bases on origins.base_path_id = bases.path_id
    left join base_verdicts on bases.path_id = base_verdicts.path_id
    left join ranks on bases.path_id = ranks.path_id
    left join judges on released.path_id = judges.path_id
    left join scores on released.example_id = scores.example_id
)

select
    gathered.* replace (
        of_path.name as path_model,
        of_parent.name as parent_model,
        of_base.name as base_model,
        of_verifier.name as verifier_model,
        of_summary.name as summary_model
    ),
    list_sort(list_distinct(list_filter(
        [coalesce(of_path.terms, 'unknown'), of_parent.terms, of_base.terms, coalesce(of_summary.terms, 'unknown')],
        lambda terms: terms is not null
    ))) as model_terms
from gathered
left join named_models as of_path
    on gathered.path_model = of_path.model and gathered.path_revision = of_path.revision
left join named_models as of_parent
    on gathered.parent_model = of_parent.model and gathered.parent_revision = of_parent.revision
left join named_models as of_base
    on gathered.base_model = of_base.model and gathered.base_revision = of_base.revision
left join named_models as of_verifier
    on gathered.verifier_model = of_verifier.model and gathered.verifier_revision = of_verifier.revision
left join named_models as of_summary
    on gathered.summary_model = of_summary.model and gathered.summary_revision = of_summary.revision
