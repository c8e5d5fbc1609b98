-- check: none
-- severity: warn
-- judges: build
-- description: No text of a question holds characters that control a terminal or turn the direction of writing.
with

texts as (
    select
        question_id,
        unnest([question, coalesce(context, ''), array_to_string(options, chr(10))]) as text,
        unnest(['question', 'context', 'options']) as field
    from staged
),

found as (
    select
        question_id,
        field,
        regexp_extract_all(
            text,
            '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{061c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]'
        ) as characters
    from texts
)

select
    question_id,
    field,
    list_distinct(list_transform(characters, lambda one: format('U+{:04X}', unicode(one)))) as characters
from found
where len(characters) > 0
