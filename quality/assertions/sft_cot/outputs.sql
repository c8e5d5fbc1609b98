-- check: none
-- severity: block
-- judges: build
-- scope: unit
-- description: The output holds the whole path.
select staged.example_id
from staged
inner join reasonmed as examples on staged.example_id = examples.example_id
where not contains(staged.output, training_text(examples.path_text))
