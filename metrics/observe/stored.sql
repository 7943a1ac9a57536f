-- title: a metric's stored observations
-- params: metric, statistics, grain, by_site, by_service, dimension, site, service, since, until
select
    metric, statistic, grain, period_start, site_id, service_id, stratum, numerator, denominator, value, n, lower, upper,
    still_open, mature, definition_version, as_of
from observations
where metric = $metric
  and list_contains($statistics, statistic)
  and grain = $grain
  and (site_id is not null) = $by_site
  and (service_id is not null) = $by_service
  and ($site is null or site_id = $site)
  and ($service is null or service_id = $service)
  and case when $dimension is null then stratum is null else starts_with(stratum, $dimension || '=') end
  and ($since is null or period_start >= $since)
  and ($until is null or period_end <= $until)
order by metric, statistic, period_start, site_id, service_id, stratum
