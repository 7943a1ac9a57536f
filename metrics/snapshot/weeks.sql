-- Closed weeks of the metrics asked for, up to a week: all services together, every site and all sites together.
-- params: metrics, week
select
    metric, statistic, grain, period_start, period_end, site_id, service_id, numerator, denominator, value, n, mature,
    definition_version
from observations
where stratum is null
    and grain = 'week'
    and service_id is null
    and mature
    and period_start <= $week
    and list_contains($metrics, metric)
order by metric, statistic, site_id nulls first, period_start
