-- What one series says at its newest closed period.
-- params: metric, statistic, grain, site, service (null for all)
select *
from signals
where metric = $metric and statistic = $statistic and grain = $grain
  and site_id is not distinct from cast($site as varchar)
  and service_id is not distinct from cast($service as varchar)
