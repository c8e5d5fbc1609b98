-- check: 15
-- severity: block
-- judges: build
-- scope: unit
-- description: No text holds a token of a chat template, or a tag without its partner, beside what the template adds.
with

texts as (
    select
        example_id,
        unnest([
            instruction,
            input,
            case getvariable('rule_template')
                when 'think' then regexp_replace(output, '^<think>\n((?s:.)*)\n</think>\n', '\1')
                else output
            end
        ]) as text
    from staged
)

select
    example_id,
    coalesce(nullif(control_token_in(text), ''), 'lone tags: ' || array_to_string(lone_tags(text), ', ')) as found
from texts
where control_token_in(text) != '' or len(lone_tags(text)) > 0
