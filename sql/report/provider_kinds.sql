-- reads: questions, reasoning_paths
-- description: What stands behind the texts, and the roles of the splits that the questions come from.
select
    (select list(distinct provider_kind) from reasoning_paths) as provider_kinds,
    (select list(distinct split_role) from questions) as split_roles
