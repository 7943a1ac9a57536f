-- title: Missed appointments by weekday and hour
-- question: On which weekdays and at which hours do patients not come?
-- owner: Access
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 12 weeks
-- param: site text = null     One site; null for all
-- chart: heat x=hour y=weekday colour=share
-- returns: weekday, hour, no_shows, due, share
with expected as (
    select
        a.status = 'noshow' as missed,
        a.scheduled_start at time zone 'UTC' at time zone coalesce(s.time_zone, 'UTC') as starts
    from facts_appointments a, generation g
    left join sites s on s.site_id = a.site_id
    where a.status in ('arrived', 'checked-in', 'fulfilled', 'noshow') and not coalesce(a.walk_in, false)
      and a.scheduled_start <= g.as_of and a.day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
      and ($site is null or a.site_id = $site)
)
select
    isodow(starts) as weekday,  -- 1 is Monday
    hour(starts) as hour,
    count(*) filter (missed) as no_shows,
    count(*) as due,
    no_shows / nullif(due, 0) as share
from expected
group by all
order by weekday, hour
