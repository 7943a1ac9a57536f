-- One statistic of one metric at one place, a row a period, with the target that was in force then.
-- params: metric, statistic, site, service (null for all), grain, periods (how many, newest first)
with here as (
    select period_start, period_end, numerator, denominator, value, n, lower, upper, still_open, mature, definition_version, as_of
    from observations
    where metric = $metric and statistic = $statistic and grain = $grain and stratum is null
      and site_id is not distinct from cast($site as varchar)
      and service_id is not distinct from cast($service as varchar)
    order by period_start desc
    limit $periods
)
select here.*, t.value as target, t.source as target_source, t.verified as target_verified
from here
left join targets t on t.metric = $metric and t.statistic = $statistic and t.role = 'target'
  and (t.site_id is null or t.site_id = $site)
  and (t.service_id is null or t.service_id = $service)
  and (t.region is null or t.region = (select region from sites where site_id = $site))
  and here.period_end >= coalesce(t.valid_from, date '0001-01-01')
  and here.period_end <= coalesce(t.valid_to, date '9999-12-31')
qualify row_number() over (
    partition by here.period_start
    order by t.closeness desc, t.valid_from desc
) = 1
order by here.period_start
