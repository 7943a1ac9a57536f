-- title: Emergency care access, standardised
-- question: How does each site's share of late emergency care (ECAT) stand among sites of its size, by age and mental health?
-- owner: Emergency department
-- reviewed: 2026-11-30
-- param: year integer = null    Calendar year; null for the newest whole one with visits
-- returns: stratum, site_id, visits, volume_band, late, share, sites_in_band, z
-- note: CMS1244: any of four arms (room after more than 60 minutes, left unevaluated, boarded over 240 minutes, stay over 480 minutes; observation stays are out of the last two), in four strata, each standardised within bands of 20,000 visits a year: z is how many standard deviations a site's share lies above the band's mean, above 0 being worse. One site alone in its band has none. CMS compares with every hospital; this compares the sites that are here. By the day of arrival.
with chosen as (
    select coalesce($year::integer, max(extract(year from day))::integer) as wanted
    from facts_visits, generation g
    where $year is not null or day < date_trunc('year', g.as_of)::date
), attendances as (
    select v.site_id,
        case when p.age_band in ('0-17', '0-4', '5-17') then 'under 18'
            when p.age_band is null then 'age not known' else '18 and over' end
            || if(coalesce(v.mental_health, false), ', mental health', '') as stratum,
        coalesce(
            v.roomed_at >= v.arrived_at + interval 61 minutes
            or (v.roomed_at is null and v.seen_at is null and v.departed_at >= v.arrived_at + interval 61 minutes), false)
        or coalesce(v.disposition in ('left_before_triage', 'left_without_being_seen'), false)
        or coalesce(not coalesce(v.observation_stay, false) and v.departed_at >= v.decision_at + interval 241 minutes, false)
        or coalesce(not coalesce(v.observation_stay, false) and v.departed_at >= v.arrived_at + interval 481 minutes, false) as was_late
    from facts_visits v
    cross join generation g
    join chosen on extract(year from v.day) = wanted
    left join patients p on p.patient_key = v.patient_key
    where v.departed_at is not null and v.arrived_at <= g.as_of and coalesce(v.disposition, '') <> 'dead_on_arrival'
), volumes as (
    select site_id, 20000 * (count(*) // 20000) as volume_band
    from attendances
    group by site_id
), shares as (
    select stratum, site_id, count(*) as visits, volume_band, count(*) filter (was_late) as late, late / visits as share
    from attendances
    join volumes using (site_id)
    group by all
)
select
    stratum, site_id, visits, volume_band, late, share, count(*) over band as sites_in_band,
    -- rounded: its last digits would depend on which site was added first
    round((share - avg(share::decimal(18, 12)) over band) / nullif(stddev_samp(share) over band, 0), 9) as z
from shares
window band as (partition by stratum, volume_band)
order by stratum, volume_band, z desc nulls last, site_id
