-- source: phone_system
-- table: contacts
-- time_zone: UTC
-- Call records of the contact centre's phone system: UTC with seconds, one row a call.
select
    CALL_ID as contact_id,
    CALLER_REF as patient_id,
    'HQC' as site_id,
    case QUEUE when 'APPT' then 'phone_appointments' when 'BILL' then 'phone_billing' else QUEUE end as service_id,
    'phone' as channel,
    QUEUE as queue_id,
    lower(REASON) as topic,
    cast(RANG as timestamptz) as opened_at,
    cast(QUEUED as timestamptz) as queued_at,
    cast(ANSWERED as timestamptz) as answered_at,
    cast(ABANDONED as timestamptz) as abandoned_at,
    if(ANSWERED is not null or CB_MADE is not null, cast(ENDED as timestamptz), null) as resolved_at,
    AGENT as handled_by,
    XFER = '1' as transferred,
    cast(CB_REQUESTED as timestamptz) as callback_requested_at,
    cast(CB_MADE as timestamptz) as callback_at,
    cast(WRITTEN as timestamptz) as recorded_at
from read_csv($files, all_varchar = true)
