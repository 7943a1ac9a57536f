-- Closed months of the metrics asked for by group of patients, over some months up to a day: their two counts.
-- params: metrics, since, until (days)
select
    metric, statistic, site_id, stratum,
    -- in the order of the months: a sum of weighted counts is the same to the last digit whatever the threads
    sum(numerator order by period_start) as numerator, sum(denominator order by period_start) as denominator
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
