-- title: Arrivals by hour
-- question: When do emergency patients arrive, by weekday and hour of the site's own clock?
-- owner: Emergency departments
-- reviewed: 2026-11-01
-- param: since date = null    First local day; null for the last 12 weeks
-- param: site text = null     One site; null for all
-- returns: weekday, hour, arrivals, left_unseen, share_left_unseen
with local as (
    select
        v.disposition in ('left_before_triage', 'left_without_being_seen') as left_early,
        v.arrived_at at time zone 'UTC' at time zone coalesce(s.time_zone, 'UTC') as arrived
    from facts_visits v, generation g
    left join sites s on s.site_id = v.site_id
    where v.arrived_at <= g.as_of and v.day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
      and ($site is null or v.site_id = $site)
)
select
    isodow(arrived) as weekday,  -- 1 is Monday
    hour(arrived) as hour,
    count(*) as arrivals,
    count(*) filter (left_early) as left_unseen,
    left_unseen / arrivals as share_left_unseen
from local
group by all
order by weekday, hour
