-- One period of one statistic by who the patients are. A stratum is stored as 'column=value'.
-- params: metric, statistic, site, service (null for all), grain, period_start
select
    split_part(stratum, '=', 1) as dimension,
    regexp_replace(stratum, '^[^=]*=', '') as stratum,
    value, n, lower, upper, numerator, still_open, mature
from observations
where metric = $metric and statistic = $statistic and grain = $grain and period_start = $period_start
  and stratum is not null
  and site_id is not distinct from cast($site as varchar)
  and service_id is not distinct from cast($service as varchar)
order by dimension, stratum
