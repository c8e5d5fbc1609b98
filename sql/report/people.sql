-- reads: review_results
-- description: The share of examples whose key, reasoning and short answer people find right, with 95% intervals.
select
    source,
    asked,
    examples,
    n,
    n_right,
    share,
    low,
    high
from review_results
order by source, asked
