-- source: slot_census
-- table: slots
-- time_zone: site
-- Monday morning's census of the slots ahead, one clinician a department. Times are the wall clock of the department.
with sites (dept_site, site_id) as (
    values (1, 'CEN'), (2, 'NRT'), (3, 'SOU'), (4, 'EAS'), (5, 'ASH'), (6, 'BRK'), (7, 'CED'), (8, 'DAL'), (9, 'ELM'), (10, 'FER'), (12, 'HAR')
),
services (dept_service, service_id) as (
    values
        (11, 'outpatient_cardiology'), (12, 'outpatient_orthopaedics'), (13, 'outpatient_dermatology'),
        (21, 'primary_care'), (22, 'physiotherapy'), (23, 'mental_health')
),
census as (
    select *, cast(DEPT_ID as integer) // 100 as dept_site, cast(DEPT_ID as integer) % 100 as dept_service
    from read_csv($files, all_varchar = true)
)
select
    SLOT_KEY as slot_id,
    coalesce(site_id, DEPT_ID) as site_id, -- a department not listed is shown by its number
    service_id,
    PROV_ID as provider_id,
    BLOCK as visit_type,
    cast(SLOT_BEGIN as timestamp) as start_at,
    cast(SLOT_BEGIN as timestamp) + to_minutes(cast(SLOT_MIN as integer)) as end_at,
    case STATE when 'OPEN' then 'free' when 'TAKEN' then 'busy' when 'FROZEN' then 'held' else 'state ' || STATE end as status,
    cast(CENSUS_TAKEN as timestamp) as snapshot_at,
    timezone('UTC', cast(WRITTEN_UTC as timestamp)) as recorded_at
from census
left join sites using (dept_site)
left join services using (dept_service)
