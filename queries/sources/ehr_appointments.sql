-- source: ehr_appointments
-- table: appointments
-- time_zone: site
-- Appointment extract of the EHR: one row an appointment, its newest state. Times are the wall clock of the department,
-- to the minute and without an offset; the last update is UTC. Departments are numbers: hundreds the site, units the service.
with sites (dept_site, site_id) as (
    values (1, 'CEN'), (2, 'NRT'), (3, 'SOU'), (4, 'EAS'), (5, 'ASH'), (6, 'BRK'), (7, 'CED'), (8, 'DAL'), (9, 'ELM'), (10, 'FER'), (12, 'HAR')
),
services (dept_service, service_id) as (
    values
        (11, 'outpatient_cardiology'), (12, 'outpatient_orthopaedics'), (13, 'outpatient_dermatology'),
        (21, 'primary_care'), (22, 'physiotherapy'), (23, 'mental_health')
),
extract as (
    select *, cast(DEPT_ID as integer) // 100 as dept_site, cast(DEPT_ID as integer) % 100 as dept_service
    from read_csv($files, all_varchar = true)
)
select
    APPT_ID as appointment_id,
    PAT_ID as patient_id,
    coalesce(site_id, DEPT_ID) as site_id, -- a department not listed is shown by its number
    service_id,
    PROV_ID as provider_id,
    VISIT_TYPE as visit_type,
    VISIT_TYPE = 'NEW' as is_new,
    case MODE_CD when 'F2F' then 'in_person' when 'VID' then 'video' when 'TEL' then 'phone' else MODE_CD end as modality,
    case SCHED_SOURCE
        when 'PORTAL' then 'portal' when 'PHONE' then 'phone' when 'DESK' then 'desk' when 'REF' then 'referral' when 'OTHER' then 'other'
        else SCHED_SOURCE
    end as booking_channel,
    cast(REQUEST_DTTM as timestamp) as requested_at,
    cast(APPT_MADE_DTTM as timestamp) as booked_at,
    cast(APPT_DTTM as timestamp) as scheduled_start,
    cast(APPT_LENGTH as integer) as scheduled_minutes,
    case STATUS
        when '1' then 'booked'
        when '2' then 'fulfilled'
        when '3' then 'cancelled'
        when '4' then 'noshow'
        when '5' then 'arrived' -- left without being seen: came, and has no seen_at
        when '6' then if(ROOMED_DTTM is null, 'arrived', 'checked-in')
        else 'status ' || STATUS -- a code not listed is refused by name
    end as status,
    cast(CANC_DTTM as timestamp) as cancelled_at,
    case CANC_BY when 'PAT' then 'patient' when 'PROV' then 'provider' else CANC_BY end as cancelled_by,
    RESCHED_FROM_ID as reschedule_of,
    cast(REMINDER_DTTM as timestamp) as reminder_sent_at,
    WALK_IN_YN = 'Y' as walk_in,
    cast(CHECKIN_DTTM as timestamp) as arrived_at,
    cast(ROOMED_DTTM as timestamp) as roomed_at,
    cast(PROV_ENTER_DTTM as timestamp) as seen_at,
    cast(VISIT_END_DTTM as timestamp) as ended_at,
    timezone('UTC', cast(LAST_UPDATE_UTC as timestamp)) as recorded_at
from extract
left join sites using (dept_site)
left join services using (dept_service)
