-- title: Slots refilled after a cancellation
-- question: Of the appointment times that patients gave back, how many did somebody else take?
-- owner: Access and scheduling
-- reviewed: 2026-11-30
-- returns: day, site_id, service_id, numerator, denominator
-- note: A time is a clinician's at a site, given back when a booking of it was cancelled before it began. It is refilled if another booking of it, made at that moment or later, still stood when it came. A time given back twice counts once.
-- metric: kind = rate
-- metric: family = attendance
-- metric: better = higher
-- metric: matures = 72 hours
-- metric: authority = Local; no published standard.
-- metric: exclusions = Times that the provider cancelled: they were closed, not given back; bookings without a clinician, whose time cannot be told; times that have not come yet
-- metric: caveats = By the day of the appointment; A time given back in the last hour could hardly be refilled, and counts all the same; Taken is not attended; Where a source moves an appointment in place, the time that it left is not seen
with given_back as (
    select f.site_id, f.provider_id, f.scheduled_start, min(f.cancelled_at) as freed_at, min(f.service_id) as service_id,
        min(timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', f.scheduled_start))::date) as day
    from facts_appointments as f
    cross join generation as g
    left join sites as s on s.site_id = f.site_id
    where f.status = 'cancelled' and coalesce(f.cancelled_by, '') <> 'provider' and f.cancelled_at < f.scheduled_start
      and f.provider_id is not null and f.scheduled_start <= g.as_of
    group by f.site_id, f.provider_id, f.scheduled_start
), taken as (
    select site_id, provider_id, scheduled_start, max(booked_at) as booked_at
    from facts_appointments
    where status in ('booked', 'pending', 'arrived', 'checked-in', 'fulfilled', 'noshow')
    group by site_id, provider_id, scheduled_start
)
select g.day, g.site_id, g.service_id, count(*) filter (where t.booked_at >= g.freed_at) as numerator, count(*) as denominator
from given_back as g
left join taken as t using (site_id, provider_id, scheduled_start)
group by all
order by all
