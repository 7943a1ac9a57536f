-- source: portal_messages
-- table: contacts
-- time_zone: UTC
-- Message threads of the patient portal and of the shared mailbox behind it: UTC, one row a thread.
select
    THREAD_ID as contact_id,
    PAT_ID as patient_id,
    'HQC' as site_id,
    'portal_messages' as service_id,
    case MEDIUM when 'MYC' then 'portal' when 'EML' then 'email' else MEDIUM end as channel,
    POOL as queue_id,
    case POOL when 'CLIN' then 'clinical question' when 'RX' then 'prescription' when 'ADMIN' then 'administration' else POOL end as topic,
    cast(FIRST_MSG_AT as timestamptz) as opened_at,
    cast(FIRST_MSG_AT as timestamptz) as queued_at,
    cast(FIRST_STAFF_REPLY_AT as timestamptz) as answered_at,
    cast(CLOSED_AT as timestamptz) as resolved_at,
    STAFF_ID as handled_by,
    REPLY_REQ_YN = 'Y' as reply_needed,
    cast(SAVED_AT as timestamptz) as recorded_at
from read_csv($files, all_varchar = true)
