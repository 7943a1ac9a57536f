-- source: ehr_visits
-- table: visits
-- time_zone: site
-- Emergency department extract of the EHR: one row an attendance. Times carry their offset, so the night the clocks change is right.
with sites (dept_id, site_id) as (
    values ('101', 'CEN'), ('201', 'NRT'), ('301', 'SOU'), ('401', 'EAS')
)
select
    VISIT_NO as visit_id,
    PAT_ID as patient_id,
    coalesce(site_id, dept_id) as site_id, -- a department not listed is shown by its number
    'emergency' as service_id,
    case ARR_MODE
        when '1' then 'walk_in' when '2' then 'ambulance' when '3' then 'helicopter' when '4' then 'referred' when '9' then 'unknown'
        else 'arrival mode ' || ARR_MODE
    end as arrival_mode,
    cast(ESI as integer) as acuity,
    cast(ARRIVE_TM as timestamptz) as arrived_at,
    cast(TRIAGE_TM as timestamptz) as triaged_at,
    cast(BED_TM as timestamptz) as roomed_at,
    cast(MD_TM as timestamptz) as seen_at,
    cast(ADMIT_ORDER_TM as timestamptz) as decision_at,
    cast(DEPART_TM as timestamptz) as departed_at,
    case DISP_CD
        when '1' then 'discharged'
        when '2' then 'admitted'
        when '3' then 'transferred'
        when '4' then 'left_before_triage'
        when '5' then 'left_without_being_seen'
        when '6' then 'left_against_advice'
        when '7' then 'eloped'
        when '8' then 'died'
        when '9' then 'dead_on_arrival'
        else 'disposition ' || DISP_CD -- a code not listed is refused by name; none is null
    end as disposition,
    OBS_YN = 'Y' as observation_stay,
    MH_YN = 'Y' as mental_health,
    cast(UPDATED_UTC as timestamptz) as recorded_at
from read_csv($files, all_varchar = true)
left join sites using (dept_id)
