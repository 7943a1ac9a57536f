-- The metrics of queries that could not be counted, each with why.
select metric, problem from query_metrics where problem is not null order by metric
