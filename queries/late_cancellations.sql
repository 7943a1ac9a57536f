-- title: Cancelled too late to refill
-- question: Where are appointments cancelled so late that nobody else can have them, and by whom?
-- owner: Access
-- reviewed: 2026-11-20
-- param: hours integer = 48   Later than this many hours before it starts is late
-- param: since date = null    First local day; null for the last 12 weeks
-- returns: site_id, service_id, by_patient, by_provider, late, booked, share
-- note: Of the appointments that were due; one cancelled after its start counts as late.
select
    site_id, service_id,
    count(*) filter (status = 'cancelled' and cancelled_at > scheduled_start - to_hours($hours) and cancelled_by = 'patient')
        as by_patient,
    count(*) filter (status = 'cancelled' and cancelled_at > scheduled_start - to_hours($hours) and cancelled_by = 'provider')
        as by_provider,
    count(*) filter (status = 'cancelled' and cancelled_at > scheduled_start - to_hours($hours)) as late,
    count(*) as booked,
    late / nullif(booked, 0) as share
from facts_appointments, generation g
where scheduled_start <= g.as_of and day >= coalesce($since, g.as_of::date - 83)  -- 84 days are 12 weeks
  and status <> 'entered-in-error' and not coalesce(walk_in, false)
group by all
order by share desc nulls last, site_id, service_id
