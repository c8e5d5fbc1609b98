-- makes: benchmark_questions
-- relations: published
-- description: Read from the benchmark splits of every declared source.
select *
from published
