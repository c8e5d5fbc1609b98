-- questions: the published records that stay, the key and the options in the order of the prompts.
with

matches as (select * from question_matches),

published as (select * from raw_questions),

groups as (
    select raw_id, group_id from matches
    union
    select other_raw_id as raw_id, group_id from matches where other_split_role != 'benchmark'
),

kept as (
    select
        published.*,
        coalesce(groups.group_id, published.raw_id) as group_id,
        case
            when getvariable('rule_shuffle_options') = 'seeded'
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
    where
        published.source = getvariable('source')
        and published.raw_id not in (select raw_id from matches where decision != 'grouped')
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
