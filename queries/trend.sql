-- title: Trend of a metric
-- question: How has one figure moved, period by period?
-- owner: Analytics
-- reviewed: 2026-11-01
-- param: metric text = no_show_rate    As the table definitions names it
-- param: statistic text = share        share, count, median, p90, p95 or within
-- param: grain text = week             day, week, month, quarter or year
-- param: site text = null              One site; null for all of them together
-- param: service text = null           One service; null for all of them together
-- returns: period_start, period_end, numerator, denominator, value, n, lower, upper, still_open, mature, before, change
with series as (
    select *
    from observations
    where metric = $metric and statistic = $statistic and grain = $grain and stratum is null
      and site_id is not distinct from $site::varchar
      and service_id is not distinct from $service::varchar
)
select
    period_start, period_end, numerator, denominator, value, n, lower, upper, still_open, mature,
    lag(value) over (order by period_start) as before,
    value - lag(value) over (order by period_start) as change
from series
order by period_start
