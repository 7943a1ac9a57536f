-- title: Patients gained and lost
-- question: Of the patients who were active a while ago, how many have not come since, and who came instead?
-- owner: Population health
-- reviewed: 2026-11-24
-- param: months integer = 18    How long a patient counts as active after a visit, and how far back to look
-- returns: site_id, active_then, lost, attrition, came_for_the_first_time, came_again, active_now, growth
-- note: At the site of the latest visit. Lost: active then and not seen at any site since. Came for the first time: in this record. Growth is first-timers and returners less the lost, of those active now. Never (now - new) / then, which takes joiners for stayers. Who died or moved away is lost here.
with visits as (
    select patient_key, site_id, scheduled_start, appointment_id, g.as_of - to_months($months::integer) as then_at, g.as_of as now_at
    from facts_appointments, generation g
    where status = 'fulfilled' and patient_key is not null and scheduled_start <= g.as_of
), patients as (
    select -- of two visits at one instant that with the greater key stands
        patient_key,
        arg_max(site_id, (scheduled_start, appointment_id)) filter (
            scheduled_start <= then_at and scheduled_start > then_at - to_months($months::integer)) as site_then,
        arg_max(site_id, (scheduled_start, appointment_id)) filter (scheduled_start > then_at) as site_now,
        min(scheduled_start) > any_value(then_at) as is_new
    from visits
    group by patient_key
), told as (
    select coalesce(site_now, site_then) as site_id, * exclude (patient_key)
    from patients
    where site_now is not null or site_then is not null
)
select
    site_id,
    count(*) filter (site_then is not null) as active_then,
    count(*) filter (site_now is null) as lost,
    lost / nullif(active_then, 0) as attrition,
    count(*) filter (is_new) as came_for_the_first_time,
    count(*) filter (site_now is not null and site_then is null and not is_new) as came_again,
    count(*) filter (site_now is not null) as active_now,
    (came_for_the_first_time + came_again - lost) / nullif(active_now, 0) as growth
from told
group by site_id
order by site_id
