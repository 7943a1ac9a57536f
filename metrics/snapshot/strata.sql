-- Closed months of the metrics asked for by group of patients, over some months up to a day: their two counts.
-- params: metrics, since, until (days)
select metric, statistic, site_id, stratum, sum(numerator) as numerator, sum(denominator) as denominator
from observations
where stratum is not null
    and grain = 'month'
    and service_id is null
    and mature
    and period_start >= $since
    and period_end <= $until
    and list_contains($metrics, metric)
    and statistic in ('share', 'within')
group by all
order by metric, statistic, site_id nulls first, stratum
