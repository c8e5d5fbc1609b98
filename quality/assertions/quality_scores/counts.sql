-- check: none
-- severity: block
-- judges: build
-- description: A sampled example has its final text and, if rewritten, the one before; no more than the sample size.
select
    staged.example_id,
    count(*) filter (where staged.text_role = 'final') as n_final,
    count(*) filter (where staged.text_role = 'before') as n_before,
    any_value(examples.parent_path_id) as parent_path_id
from staged
left join reasonmed as examples on staged.example_id = examples.example_id
group by staged.example_id
having
    count(*) filter (where staged.text_role = 'final') != 1
    or count(*) filter (where staged.text_role = 'before') != if(any_value(examples.parent_path_id) is null, 0, 1)
union all by name
select
    'all' as example_id,
    count(distinct example_id) as n_final,
    null as n_before,
    null as parent_path_id
from staged
having count(distinct example_id) > getvariable('rule_evaluator_sample')
