-- relations: rows
-- description: A generated path is its own base and has no parent; a rewritten one has another id than its base.
select
    example_id,
    stage,
    path_id,
    parent_path_id,
    base_path_id,
    path_model,
    base_model
from rows
where
    (
        stage = 'generated'
        and (
            path_id is distinct from base_path_id
            or parent_path_id is not null
            or path_model is distinct from base_model
            or path_revision is distinct from base_revision
        )
    )
    or (
        stage != 'generated'
        and (path_id = base_path_id or (parent_path_id is null) != (base_path_id is null))
    )
    or (base_path_id is null) != (base_model is null)
    or (base_path_id is null) != (generator is null)
    or len(call_keys) = 0
