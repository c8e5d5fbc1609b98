-- relations: rows
-- description: The fold is the one that the seeded hash of the group draws.
select
    example_id,
    group_id,
    fold
from rows
where
    fold is distinct from case
        when hash_share(id_of([getvariable('seed')::varchar, group_id])) < getvariable('rule_validation_share')
            then 'validation'
        else 'train'
    end
