"""Distributions of `reasoning_paths`."""

from reasonmed_assets.quality.expectations import GENERATORS, Between, Bound, Rare, View

# Scripts that a text in a language with Latin letters does not need; Greek letters belong to medicine.
_FOREIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Thai}\p{Devanagari}]"

_PATHS = f"""
    with generators as ({GENERATORS})
    select
        staged.path_id as name,
        case when staged.path_text is not null then measured.is_looping end as is_looping,
        case
            when staged.path_text is not null
                then row_number() over (
                    partition by staged.question_id, staged.content_hash order by staged.path_id
                ) > 1
        end as is_repeated,
        case
            when staged.path_text is not null
                then regexp_matches(staged.path_text, '{_FOREIGN}')
                and not regexp_matches(
                    concat_ws(' ', questions.context, questions.question, array_to_string(questions.options, ' ')),
                    '{_FOREIGN}'
                )
        end as has_foreign_script,
        case when not staged.is_missing then staged.answer_letter is null end as has_no_letter,
        case
            when staged.path_text is not null and reasoners.slot is not null
                then coalesce(trim(staged.reasoning_text), '') = ''
        end as has_no_reasoning
    from staged
    left join measured on staged.path_id = measured.path_id
    left join questions on staged.question_id = questions.question_id
    left join (select distinct slot from generators where reasoning != 'none') as reasoners
        on staged.generator = reasoners.slot
"""

_LENGTHS = """
    select
        generator as name,
        greatest(now / before, before / now) as change_factor
    from (
        select
            generator,
            count(*) as n,
            median(length(path_text)) as now,
            ((getvariable('last_statistics')::json -> 'median_characters') ->> generator)::double as before
        from staged
        where path_text is not null
        group by generator
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
