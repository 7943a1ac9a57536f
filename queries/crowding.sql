-- title: Crowding in the emergency department
-- question: How many patients are in each emergency department at each hour of the day?
-- owner: Emergency departments
-- reviewed: 2026-11-20
-- param: since date = null    First local day; null for the last 4 weeks
-- param: site text = null     One site; null for all
-- chart: line x=hour y=mean_present colour=site_id
-- returns: site_id, hour, patient_hours, days, mean_present
-- note: A patient is counted in every hour begun between arrival and departure. Visits still open are left out.
with stays as (
    select
        v.site_id,
        v.day,
        date_trunc('hour', v.arrived_at at time zone 'UTC' at time zone coalesce(s.time_zone, 'UTC')) as first_hour,
        least(date_diff('hour', v.arrived_at, v.departed_at), 72) as hours  -- beyond three days it is a mistake, not a stay
    from facts_visits v, generation g
    left join sites s on s.site_id = v.site_id
    where v.departed_at is not null and v.day >= coalesce($since, g.as_of::date - 27)  -- 28 days
      and ($site is null or v.site_id = $site)
),
present as (
    select site_id, day, hour(first_hour + to_hours(h.generate_series)) as hour
    from stays, generate_series(0, 72) h
    where h.generate_series <= hours
),
spans as (
    select site_id, count(distinct day) as days
    from stays
    group by site_id
)
select p.site_id, p.hour, count(*) as patient_hours, any_value(s.days) as days, count(*) / any_value(s.days) as mean_present
from present p
join spans s using (site_id)
group by p.site_id, p.hour
order by p.site_id, p.hour
