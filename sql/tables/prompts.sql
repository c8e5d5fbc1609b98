-- makes: prompts
-- reads: llm_calls, served_rows
-- relations: templates, kept
-- description: The prompts that rows name. A row may have calls of two roles: a rewritten text is judged after it was
--     written, so its prompt is that of the first call.
with

calls as (
    select
        call_key,
        any_value(role) as role,
        min(started_at) as first_at,
        max(started_at) as last_at
    from llm_calls
    group by call_key
),

used as (
    select
        served.prompt_hash,
        calls.*
    from served_rows as served
    inner join calls on served.call_key = calls.call_key
    where served.prompt_hash is not null
),

roles as (select prompt_hash, arg_min(role, first_at) as role from used group by prompt_hash),

in_use as (
    select
        used.prompt_hash,
        used.role,
        min(used.first_at) as first_used,
        max(used.last_at) as last_used
    from used
    inner join roles on used.prompt_hash = roles.prompt_hash and used.role = roles.role
    group by used.prompt_hash, used.role
)

select
    coalesce(in_use.prompt_hash, kept.prompt_hash) as prompt_hash,
    coalesce(in_use.role, kept.role) as role,
    coalesce(templates.template, kept.template) as template,
    least(in_use.first_used, kept.first_used) as first_used,
    greatest(in_use.last_used, kept.last_used) as last_used
from in_use
full outer join kept on in_use.prompt_hash = kept.prompt_hash
left join templates on coalesce(in_use.prompt_hash, kept.prompt_hash) = templates.prompt_hash
