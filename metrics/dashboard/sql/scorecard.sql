-- Every metric at one place: the newest settled period, what stood before it, the target in force, 26 weeks of trail.
-- params: site, service (null for all places together), grain (week, month, quarter or year)
with here as (
    select metric, statistic, grain, period_start, period_end, value, n, lower, upper, still_open, mature
    from observations
    where site_id is not distinct from cast($site as varchar)
      and service_id is not distinct from cast($service as varchar)
      and stratum is null
      and grain in ('week', $grain, 'year')
),
-- the newest settled period is a property of the metric, not of the place: a place without it has no data
settled as (
    select metric, max(period_start) as period_start, max_by(period_end, period_start) as period_end
    from observations
    where grain = $grain and mature and stratum is null and site_id is null and service_id is null
    group by metric
),
held as (
    select s.metric, t.statistic, t.value, t.source, t.verified
    from settled s
    join targets t on t.metric = s.metric and t.role = 'target'
      and (t.site_id is null or t.site_id = $site)
      and (t.service_id is null or t.service_id = $service)
      and (t.region is null or t.region = (select region from sites where site_id = $site))
      and s.period_end >= coalesce(t.valid_from, date '0001-01-01')
      and s.period_end <= coalesce(t.valid_to, date '9999-12-31')
    qualify row_number() over (
        partition by s.metric, t.statistic
        order by t.closeness desc, t.valid_from desc
    ) = 1
),
-- a metric shows the statistic it is held to, else the first of this list that it has
shown as (
    select o.metric, o.statistic
    from (select distinct metric, statistic from observations where grain = 'year' and stratum is null) o
    left join held h using (metric, statistic)
    qualify row_number() over (
        partition by o.metric
        order by h.value is null, list_position(['share', 'median', 'count', 'within', 'p90', 'p95', 'mean_wait', 'km_within', 'km_median', 'km_p90'], o.statistic)
    ) = 1
),
lines as (
    select h.*, s.period_start as settled_start
    from here h join shown using (metric, statistic) left join settled s using (metric)
),
figures as (
    select
        metric,
        max(settled_start) as period_start,
        max(value) filter (grain = $grain and period_start = settled_start) as value,
        max(n) filter (grain = $grain and period_start = settled_start) as n,
        max(lower) filter (grain = $grain and period_start = settled_start) as lower,
        max(upper) filter (grain = $grain and period_start = settled_start) as upper,
        max(value) filter (grain = $grain and period_start = case $grain
            when 'week' then settled_start - interval 91 days
            when 'year' then settled_start - interval 2 years
            else settled_start - interval 3 months end) as before_short,
        max(value) filter (grain = $grain and period_start = case $grain
            when 'week' then settled_start - interval 364 days
            else settled_start - interval 1 year end) as before_long,
        cast(sum(still_open) filter (grain = 'year') as bigint) as still_open,
        max(n) filter (grain = $grain) as n_ever,
        -- a week without cases stays in the trail as a gap
        list({'period_start': period_start, 'value': value, 'mature': mature} order by period_start) filter (
            grain = 'week' and period_start > (select max(period_start) - interval 26 weeks from observations where grain = 'week')
        ) as trail
    from lines
    group by metric
)
select
    d.metric, d.title, d.question, d.family, d.kind, d.unit, d.better, d.headline, d.position, shown.statistic,
    f.period_start, f.value, f.n, f.lower, f.upper, f.before_short, f.before_long, f.still_open, f.n_ever, f.trail,
    held.value as target, held.source as target_source, held.verified as target_verified
from definitions d
left join shown using (metric)
left join figures f using (metric)
left join held on held.metric = d.metric and held.statistic = shown.statistic
order by d.position
