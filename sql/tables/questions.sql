-- makes: questions
-- reads: raw_questions, question_matches, overrides
-- description: The records that neither a match nor a person turned away, with corrected keys and the options in the
--     order of the prompts (the published one where options speak of others); a limit takes the smallest seeded hashes.
with

matches as (select * from question_matches),

published as (select * from raw_questions),

groups as (
    select raw_id, group_id from matches
    union by name
    select other_raw_id as raw_id, group_id from matches where other_split_role != 'benchmark'
),

decisions as (select * from overrides where is_applied),

notes as (
    select
        question_id,
        string_agg(note, '; ' order by kind) as override_note
    from decisions
    group by question_id
),

kept as (
    select
        published.* exclude (gold_letter, gold_text),
        published.gold_letter as published_letter,
        coalesce(corrections.gold_letter, published.gold_letter) as gold_letter,
        coalesce(corrections.gold_text, published.gold_text) as gold_text,
        notes.override_note,
        coalesce(groups.group_id, published.raw_id) as group_id,
        case
            when getvariable('rule_shuffle_options') = 'seeded' and not speaks_of_options(published.options)
                then list_transform(
                    list_sort(list_transform(
                        range(1, published.n_options + 1),
                        lambda i: {
                            'hash': id_of([getvariable('seed')::varchar, published.question_id, i::varchar]),
                            'i': i
                        }
                    )),
                    lambda x: x.i
                )
            else range(1, published.n_options + 1)
        end as option_order
    from published
    left join groups on published.raw_id = groups.raw_id
    left join notes on published.question_id = notes.question_id
    left join decisions as corrections
        on published.question_id = corrections.question_id and corrections.kind = 'correct_key'
    where
        published.source = getvariable('source')
        and published.raw_id not in (select raw_id from matches where decision != 'grouped')
        and published.question_id not in (select question_id from decisions where kind = 'drop')
    qualify
        coalesce(
            row_number() over (
                order by id_of([getvariable('seed')::varchar, published.question_id])
            ) <= getvariable('limit'),
            true
        )
)

select
    question_id,
    raw_id,
    source,
    split,
    split_role,
    native_id,
    question,
    context,
    list_transform(option_order, lambda i: options[i]) as options,
    option_order,
    letter_at(list_position(option_order, letter_position(gold_letter))) as gold_letter,
    gold_text,
    letter_at(list_position(option_order, letter_position(published_letter))) as published_gold_letter,
    override_note,
    n_options,
    subject,
    language,
    explanation,
    licence,
    needs_figure,
    group_id,
    case
        when hash_share(id_of([getvariable('seed')::varchar, group_id])) < getvariable('rule_validation_share')
            then 'validation'
        else 'train'
    end as fold
from kept
