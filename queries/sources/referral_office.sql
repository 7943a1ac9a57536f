-- source: referral_office
-- table: referrals
-- time_zone: UTC
-- Referrals to the hospitals' clinics, UTC. The waiting-time clock starts when the referral arrives and stops when the
-- patient is first seen or the referral is closed, whichever is first.
with sites (dept_site, site_id) as (
    values (1, 'CEN'), (2, 'NRT'), (3, 'SOU'), (4, 'EAS')
),
services (dept_service, service_id) as (
    values (11, 'outpatient_cardiology'), (12, 'outpatient_orthopaedics'), (13, 'outpatient_dermatology')
),
list as (
    select *, cast(TO_DEPT as integer) // 100 as dept_site, cast(TO_DEPT as integer) % 100 as dept_service
    from read_csv($files, all_varchar = true)
)
select
    REF_NO as referral_id,
    PAT_ID as patient_id,
    coalesce(site_id, TO_DEPT) as site_id, -- a department not listed is shown by its number
    service_id,
    cast(SENT as timestamptz) as sent_at,
    cast(RECEIVED as timestamptz) as received_at,
    cast(ACCEPTED as timestamptz) as accepted_at,
    cast(APPT_BOOKED as timestamptz) as scheduled_at,
    cast(FIRST_SEEN as timestamptz) as seen_at,
    cast(LETTER_BACK as timestamptz) as note_returned_at,
    cast(RECEIVED as timestamptz) as clock_start_at,
    least(cast(FIRST_SEEN as timestamptz), cast(CLOSED as timestamptz)) as clock_stop_at,
    cast(CLOSED as timestamptz) as closed_at,
    case CLOSE_CD
        when 'DISCH' then 'discharged' when 'DNA' then 'did_not_attend' when 'DECL' then 'declined' when 'REJ' then 'rejected'
        when 'OON' then 'out_of_network'
        else CLOSE_CD
    end as close_reason,
    IN_NETWORK_YN = 'Y' as in_network,
    cast(STAMP as timestamptz) as recorded_at
from list
left join sites using (dept_site)
left join services using (dept_service)
