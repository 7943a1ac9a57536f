-- title: Returning patients
-- question: How soon do patients come back to any site after a visit?
-- owner: Analytics
-- reviewed: 2026-11-01
-- param: since date = null    First local day of the first visit; null for a year, ended 90 days ago
-- returns: site_id, visits, within_30_days, within_90_days, share_within_90_days
-- note: Only visits at least 90 days old are counted: the others have not had their chance.
with settled as (
    select site_id, scheduled_start, next_visit_at
    from facts_appointments, generation g
    where status = 'fulfilled' and patient_key is not null and scheduled_start <= g.as_of - interval 90 days
      and day >= coalesce($since, g.as_of::date - 455)  -- 365 days and 90
)
select
    site_id,
    count(*) as visits,
    count(*) filter (next_visit_at <= scheduled_start + interval 30 days) as within_30_days,
    count(*) filter (next_visit_at <= scheduled_start + interval 90 days) as within_90_days,
    within_90_days / visits as share_within_90_days
from settled
group by site_id
order by site_id
