-- title: Continuity of care
-- question: How often does a patient see the same clinician?
-- owner: Population health
-- reviewed: 2026-11-24
-- param: least integer = 3    Fewest visits of a patient at a site to be counted; never below 2
-- param: days integer = 365    How far back
-- returns: site_id, patients, usual_provider, bice_boxerman, share_at_least_70
-- note: Usual provider continuity is a patient's largest share of visits with one clinician; Bice-Boxerman is (sum of squares less n) over n (n - 1). Averages over patients. Few visits make both jump: two visits to two clinicians are 0. Visits without a clinician named are left out.
with seen as (
    select site_id, patient_key, provider_id, count(*) as visits
    from facts_appointments, generation g
    where status = 'fulfilled' and patient_key is not null and provider_id is not null
      and scheduled_start > g.as_of - to_days($days::integer) and scheduled_start <= g.as_of
    group by all
), patients as (
    select site_id, patient_key, sum(visits) as n, max(visits) / n as usual, (sum(visits * visits) - n) / (n * (n - 1)) as coc
    from seen
    group by all
    having sum(visits) >= greatest(2, $least)
)
select
    site_id, count(*) as patients,
    avg(usual::decimal(18, 12)) as usual_provider,  -- decimals add up to the same in any order
    avg(coc::decimal(18, 12)) as bice_boxerman,
    avg((coc >= 0.7)::integer) as share_at_least_70
from patients
group by site_id
order by site_id
