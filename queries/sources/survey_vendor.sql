-- source: survey_vendor
-- table: surveys
-- time_zone: UTC
-- The survey vendor's export: one row a question of a survey sent, answered or not. Overall experience is 1 (very poor)
-- to 5 (very good), the likelihood to recommend 0 to 10.
select
    SURVEY_ID as survey_id,
    PAT_ID as patient_id,
    split_part(UNIT, '/', 1) as site_id,
    split_part(UNIT, '/', 2) as service_id,
    'friends_and_family' as instrument,
    lower(QUESTION) as item,
    case TOUCHPOINT when 'OP' then 'appointment' when 'ED' then 'emergency visit' else TOUCHPOINT end as touchpoint,
    cast(SENT as timestamptz) as sent_at,
    cast(ANSWERED as timestamptz) as responded_at,
    cast(SCORE as double) as score,
    cast(if(QUESTION = 'OVERALL', 1, 0) as double) as score_min,
    cast(if(QUESTION = 'OVERALL', 5, 10) as double) as score_max,
    cast(EXPORTED as timestamptz) as recorded_at
from read_csv($files, all_varchar = true)
