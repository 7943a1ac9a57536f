-- The control chart's rows of one series, oldest first.
-- params: metric, statistic, grain, site, service (null for all), periods (how many, newest first)
select
    period_start, period_end, value, n, numerator, denominator, segment, centre, lower, upper, near_lower, near_upper, label, rules,
    point_type, baseline, closed, target, trajectory, stretch
from signal_points
where metric = $metric and statistic = $statistic and grain = $grain
  and site_id is not distinct from cast($site as varchar)
  and service_id is not distinct from cast($service as varchar)
qualify row_number() over (order by period_start desc) <= $periods
order by period_start
