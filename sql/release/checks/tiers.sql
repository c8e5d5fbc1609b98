-- relations: rows
-- description: The tier follows from the counts of paths, and how the path was made from the tier, and a
--     doubt about the key leaves out what the rules say.
select
    example_id,
    tier,
    stage,
    n_paths,
    n_correct,
    n_error,
    n_missing,
    is_label_doubt
from rows
where
    n_correct + n_error + n_missing != n_paths
    or (n_missing = 0 and tier != tier_of(n_error, n_correct, n_paths))
    or stage is distinct from case tier
        when 'easy' then 'generated'
        when 'medium' then 'refined'
        when 'difficult' then 'regenerated'
    end
    or (slot = 2 and tier = 'difficult')
    or (is_label_doubt and tier = 'difficult' and getvariable('rule_label_doubt') = 'exclude')
    or slot not in (1, 2)
