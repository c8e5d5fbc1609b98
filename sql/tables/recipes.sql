-- makes: recipes
-- relations: versions
-- description: The versions of the warehouse's recipe, as `recipes.json` has them.
select *
from versions
