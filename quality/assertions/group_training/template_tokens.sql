-- check: 15
-- severity: block
-- judges: build
-- description: No text holds a token of a chat template or a tag without its partner.
with

texts as (
    select
        example_id,
        concat_ws(chr(10), instruction, input, output) as text
    from staged
),

specials as (
    select '(?i)<\|[a-z_]+\|>|<｜[^｜]{1,40}｜>|\[/?INST\]|<</?SYS>>|</?s>|<(?:start|end)_of_turn>' as special
),

tags as (
    select
        texts.example_id,
        names.tag,
        len(regexp_extract_all(texts.text, '<' || names.tag || '>')) as n_opening,
        len(regexp_extract_all(texts.text, '</' || names.tag || '>')) as n_closing
    from texts
    cross join (select unnest(['think', 'thinking', 'reasoning', 'answer', 'output', 'solution']) as tag) as names
    where contains(texts.text, names.tag || '>')
)

select
    example_id,
    regexp_extract(text, special) as found
from texts
cross join specials
where regexp_matches(text, special)
union all by name
select
    example_id,
    format('{} x <{}>, {} x </{}>', n_opening, tag, n_closing, tag) as found
from tags
where n_opening != n_closing or n_opening > 1
