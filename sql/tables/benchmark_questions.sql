-- makes: benchmark_questions
-- relations: published
-- description: The records of the benchmark splits of every declared source.
select *
from published
