-- title: Follow-up within 30 days of discharge
-- question: Of the emergency visits that ended in going home, how many were followed by an appointment within 30 days?
-- owner: Population health
-- reviewed: 2026-11-30
-- returns: day, site_id, service_id, numerator, denominator
-- note: Discharges, not patients. The appointment was attended, at any site, in person or not, on a later local day than the discharge and at most 30 days after it. Who is back in the department within 30 days begins anew with that visit: the earlier discharge is in neither count. Discharges are counted once all 30 days are over.
-- metric: kind = rate
-- metric: family = retention
-- metric: better = higher
-- metric: matures = 31 days
-- metric: authority = After NCQA HEDIS, follow-up after hospitalisation or an emergency visit for mental illness (FUH, FUM), 7 and 30 days, for every discharge and not for mental illness alone.
-- metric: exclusions = Discharges less than 30 days old, and visits without a patient; visits that did not end in going home; those after which the patient was back within 30 days
-- metric: caveats = HEDIS looks at mental illness alone, over a year, with its own list of follow-up visits: not comparable; The record has no stays in hospital, so a discharge from a ward is not in it; An appointment elsewhere is not seen; Not everybody needs to come back
with visits as (
    select v.visit_id, v.patient_key, v.site_id, v.service_id, v.arrived_at, v.departed_at, v.disposition, g.as_of,
        coalesce(s.time_zone, 'UTC') as zone, timezone(zone, timezone('UTC', v.departed_at))::date as left_on,
        lead(v.arrived_at) over (partition by v.patient_key order by v.arrived_at, v.visit_id) as back_at
    from facts_visits as v
    cross join generation as g
    left join sites as s on s.site_id = v.site_id
    where v.patient_key is not null and v.arrived_at <= g.as_of
), discharges as (
    select *
    from visits
    where disposition = 'discharged'
      and left_on + 30 < timezone(zone, timezone('UTC', as_of))::date
      and (back_at is null or timezone(zone, timezone('UTC', back_at))::date > left_on + 30)
), attended as (
    select f.patient_key, timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', f.scheduled_start))::date as came_on
    from facts_appointments as f
    left join sites as s on s.site_id = f.site_id
    where f.status = 'fulfilled' and f.patient_key is not null
), followed as (
    -- any appointment of those days: an asof join to the next one, which has few dates a patient to choose from, took fifty times as long
    select d.visit_id, d.left_on, d.site_id, d.service_id, count(a.came_on) > 0 as came
    from discharges as d
    left join attended as a on a.patient_key = d.patient_key and a.came_on between d.left_on + 1 and d.left_on + 30
    group by all
)
select left_on as day, site_id, service_id, count(*) filter (where came) as numerator, count(*) as denominator
from followed
group by all
order by all
