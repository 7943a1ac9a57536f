-- title: Cohorts coming back
-- question: Of the patients first seen in a month, how many had come back after one month, two, three?
-- owner: Population health
-- reviewed: 2026-11-24
-- param: months integer = 12    How many months since the first visit to look at
-- param: site text = null       First seen at one site; null for all
-- returns: cohort, patients, months_since, came_back, share
-- note: A triangle: a cell that not every patient of the cohort has reached is empty, never low. First seen is first in this record: the oldest cohorts hold patients who had come before it began. A return to any site counts, a booking does not. Months are of the same day of the month.
with visits as (
    select patient_key, f.site_id, scheduled_start, appointment_id,
        timezone(coalesce(s.time_zone, 'UTC'), timezone('UTC', scheduled_start))::date as seen_on
    from facts_appointments f
    cross join generation g
    left join sites s on s.site_id = f.site_id
    where status = 'fulfilled' and patient_key is not null and scheduled_start <= g.as_of
), firsts as (
    -- of two visits at one instant that with the greater key stands
    select patient_key, scheduled_start as first_at, seen_on as first_on, site_id as first_site
    from visits
    qualify row_number() over (partition by patient_key order by scheduled_start, appointment_id desc) = 1
), patients as (
    select f.patient_key, date_trunc('month', first_on)::date as cohort, first_on, min(v.seen_on) as back_on
    from firsts f
    left join visits v on v.patient_key = f.patient_key and v.scheduled_start > f.first_at
    where $site is null or first_site = $site
    group by all
), cells as (
    select cohort, months_since::integer as months_since, count(*) as patients,
        case when cohort + to_months(months_since::integer + 1) <= any_value(as_of)
            then count(*) filter (back_on <= first_on + to_months(months_since::integer)) end as came_back
    from patients, generation, range(1, $months::integer + 1) since(months_since)
    group by cohort, months_since
)
select cohort, patients, months_since, came_back, came_back / patients as share
from cells
order by cohort, months_since
