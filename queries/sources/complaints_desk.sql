-- source: complaints_desk
-- table: cases
-- time_zone: site
-- Case list of the complaints and billing desks. Dates are day first, the wall clock of the site; the last change is UTC.
select
    CASE_NO as case_id,
    PAT_ID as patient_id,
    SITE as site_id,
    if(CASE_TYPE in ('BIL', 'PAU'), 'billing', 'patient_relations') as service_id,
    case CASE_TYPE
        when 'CMP' then 'complaint' when 'REC' then 'records' when 'BIL' then 'billing' when 'PAU' then 'prior_authorization'
        else 'case type ' || CASE_TYPE
    end as kind,
    case PRIORITY when 'R' then 'routine' when 'U' then 'urgent' else PRIORITY end as urgency,
    strptime(RECEIVED, '%d/%m/%Y %H:%M') as opened_at,
    strptime(ACK_SENT, '%d/%m/%Y %H:%M') as acknowledged_at,
    strptime(CLOSED, '%d/%m/%Y %H:%M') as resolved_at,
    strptime(REOPENED, '%d/%m/%Y %H:%M') as reopened_at,
    EXTENDED_YN = 'Y' as extended,
    lower(OUTCOME) as outcome,
    timezone('UTC', strptime(CHANGED_UTC, '%d/%m/%Y %H:%M')) as recorded_at
from read_csv($files, all_varchar = true)
