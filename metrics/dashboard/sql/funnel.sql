-- The two counts of one share at every site, in one period, and in the service chosen.
-- params: metric, statistic, service (null for all), grain, period_start
select o.site_id, coalesce(s.name, o.site_id) as site, o.numerator, o.denominator, o.value, o.n
from observations o
left join sites s using (site_id)
where o.metric = $metric and o.statistic = $statistic and o.grain = $grain and o.period_start = $period_start
  and o.site_id is not null and o.stratum is null and o.denominator > 0
  and o.service_id is not distinct from cast($service as varchar)
order by site
