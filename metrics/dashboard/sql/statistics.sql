-- The statistics each metric has, the one to show first leading.
select metric, list(statistic order by list_position(['share', 'median', 'count', 'within', 'p90', 'p95', 'mean_wait', 'km_within', 'km_median', 'km_p90'], statistic))
from (select distinct metric, statistic from observations where grain = 'year' and stratum is null)
group by metric
order by metric
