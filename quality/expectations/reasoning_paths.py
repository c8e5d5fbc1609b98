"""Distributions of `reasoning_paths`."""

from reasonmed_assets.quality.expectations import GENERATORS, Between, Bound, Rare, View
from reasonmed_assets.quality.measures import FOREIGN

_PATHS = f"""
    with

    generators as ({GENERATORS}),

    judged as (
        select
            staged.path_id,
            staged.question_id,
            staged.content_hash,
            staged.generator,
            case when not staged.is_missing then staged.answer_letter is null end as has_no_letter,
            measured.path_id is not null as has_text,
            measured.is_looping,
            measured.is_foreign,
            measured.has_no_reasoning
        from staged
        left join measured on staged.path_id = measured.path_id
    ),

    foreign_questions as (
        select question_id
        from questions
        where regexp_matches(concat_ws(' ', context, question, array_to_string(options, ' ')), '{FOREIGN}')
    )

    select
        judged.path_id as name,
        judged.is_looping,
        case
            when judged.has_text
                then row_number() over (
                    partition by judged.question_id, judged.content_hash order by judged.path_id
                ) > 1
        end as is_repeated,
        case
            when judged.has_text
                then judged.is_foreign and judged.question_id not in (select question_id from foreign_questions)
        end as has_foreign_script,
        judged.has_no_letter,
        case when judged.has_text and reasoners.slot is not null then judged.has_no_reasoning end as has_no_reasoning
    from judged
    left join (select distinct slot from generators where reasoning != 'none') as reasoners
        on judged.generator = reasoners.slot
"""

_LENGTHS = """
    select
        generator as name,
        greatest(now / before, before / now) as change_factor
    from (
        select
            staged.generator,
            count(*) as n,
            median(measured.characters) as now,
            ((getvariable('last_statistics')::json -> 'median_characters') ->> staged.generator)::double as before
        from staged
        inner join measured on staged.path_id = measured.path_id
        group by staged.generator
    ) as medians
    where n >= getvariable('threshold_min_rows_for_rates')
"""

VIEWS = (
    View(
        "paths",
        _PATHS,
        (
            Rare(
                "is_repeated", "Few paths repeat another path of their question.", 6, Bound("repeated_path_share_max")
            ),
            Rare("is_looping", "Few paths say the same words over and over.", 6, Bound("looping_path_share_max")),
            Rare(
                "has_foreign_script",
                "Few paths hold a script that their question lacks.",
                6,
                Bound("foreign_script_share_max"),
            ),
            Rare(
                "has_no_letter",
                "Nearly every path concludes with a letter.",
                7,
                Bound("letter_found_share_min", is_complement=True),
            ),
            Rare("has_no_reasoning", "No usable path of a reasoning model is without its reasoning.", 7),
        ),
    ),
    View(
        "lengths",
        _LENGTHS,
        (
            Between(
                "change_factor",
                "The median length of a generator's paths is within a factor of the last build's.",
                7,
                high=Bound("length_factor_max"),
            ),
        ),
    ),
)
