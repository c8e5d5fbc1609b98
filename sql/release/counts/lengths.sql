-- relations: rows
-- description: Characters of paths and summaries.
select
    round(quantile_cont(length(path_text), 0.5)) as median_path,
    max(length(path_text)) as longest_path,
    round(quantile_cont(length(summary), 0.5)) as median_summary,
    max(length(summary)) as longest_summary
from rows
