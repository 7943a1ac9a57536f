-- The newest period of a grain that can no longer move, for each metric.
-- params: grain
select metric, max(period_start) as period_start, max_by(period_end, period_start) as period_end
from observations
where grain = $grain and mature and stratum is null and site_id is null and service_id is null
group by metric
