-- source: nhamcs_ed_2022
-- table: visits
-- time_zone: America/New_York

-- NHAMCS 2022, emergency departments (CDC/NCHS): a sample of visits, one row each, unweighted here; the tallies
-- below hold the same visits weighted to the nation. The file gives month, weekday and time of arrival but no date: the
-- first such weekday of the month in 2022 stands for it, in New York time wherever the hospital is, midnight where
-- the time of arrival is missing (243 rows, none with a wait or a length). Waits and lengths are added as
-- elapsed minutes, so they are exact on the night the clocks change too. The hospital is not named: the region is
-- the site. The file is not dated: the end of the survey year stands for when it was said.
with rows as (
    select *, make_date(2022, cast(visit_month as integer), 1) as first_day
    from read_csv($files, all_varchar = true)
),
dated as (
    select *,
        first_day + cast((list_position(
            ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'], visit_day
        ) - isodow(first_day) + 7) % 7 as integer) as arrival_day
    from rows
),
arrived as (
    select *,
        timezone('America/New_York', arrival_day
            + to_hours(coalesce(cast(left(arrival_time, 2) as integer), 0))
            + to_minutes(coalesce(cast(right(arrival_time, 2) as integer), 0))) as arrived_at,
        to_minutes(cast(cast(wait_time_minutes as double) as bigint)) as waited,
        to_minutes(cast(cast(visit_length_minutes as double) as bigint)) as stayed
    from dated
)
select
    'nhamcs-2022-' || visit_id as visit_id,
    region as site_id,
    'emergency' as service_id,
    -- not by ambulance: on foot or driven, the file does not say which
    case arrival_by_ambulance when 'Yes' then 'ambulance' when 'No' then 'walk_in' else 'unknown' end as arrival_mode,
    -- no triage at the hospital, or none of this patient, is no category
    cast(case triage_level
        when 'Immediate' then 1 when 'Emergent' then 2 when 'Urgent' then 3 when 'Semi-urgent' then 4 when 'Nonurgent' then 5
    end as bigint) as acuity,
    arrived_at,
    arrived_at + waited as seen_at,
    arrived_at + stayed as departed_at,
    -- an admission outranks how the patient left the department; a visit without any mark was sent home or on
    case
        when died_in_ed = 'Yes' then 'died'
        when admitted_to_hospital = 'Yes' then 'admitted'
        when left_without_being_seen = 'Yes' then 'left_without_being_seen'
        when left_against_medical_advice = 'Yes' then 'left_against_advice'
        when left_before_treatment_complete = 'Yes' then 'eloped'
        else 'discharged'
    end as disposition,
    observation_then_hospitalized = 'Yes' or observation_then_discharged = 'Yes' as observation_stay,
    starts_with(primary_diagnosis_code, 'F') as mental_health,  -- ICD-10-CM chapter F
    timestamp '2023-01-01 00:00:00' as recorded_at
from arrived

-- table: tallies
-- time_zone: America/New_York

-- The same visits, each counted survey_visit_weight times: estimates of US totals by region and month. A recorded
-- wait is a whole minute, so its bin is a point (lower = upper): a median is one of the recorded minutes.
with rows as (
    select
        region, make_date(2022, cast(visit_month as integer), 1) as first_day,
        cast(cast(wait_time_minutes as double) as bigint) as wait, cast(survey_visit_weight as double) as weight,
        left_without_being_seen = 'Yes' as left_unseen, admitted_to_hospital = 'Yes' as admitted
    from read_csv($files, all_varchar = true)
),
shares as (
    select region, first_day, metric, sum(weight * cast(counted as integer)) as numerator, sum(weight) as denominator
    from (
        select *, 'nhamcs_left_unseen_weighted' as metric, left_unseen as counted from rows
        union all
        select *, 'nhamcs_admitted_weighted', admitted from rows
        union all
        select *, 'nhamcs_seen_under_15_minutes_weighted', coalesce(wait < 15, false) from rows
    )
    group by all
),
waits as (
    select region, first_day, wait, sum(weight) as weight from rows where wait is not null group by all
),
counted as (
    select region, first_day, metric, numerator, denominator, null as bin_lower, null as bin_upper, null as count from shares
    union all
    select region, first_day, 'nhamcs_wait_weighted', null, null, wait, wait, weight from waits
)
select
    concat_ws(':', 'nhamcs-2022', metric, region, first_day, bin_lower) as tally_id,
    region as site_id,
    'emergency' as service_id,
    metric,
    cast(first_day as timestamp) as period_start,
    first_day + interval '1 month' as period_end,
    numerator, denominator,
    cast(bin_lower as double) as bin_lower, cast(bin_upper as double) as bin_upper, count,
    timestamp '2023-01-01 00:00:00' as recorded_at
from counted
