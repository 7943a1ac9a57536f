-- source: phone_report
-- table: tallies
-- time_zone: site
-- Daily report of the phone system, counts only: what the system itself says it offered, answered in time and lost.
with report as (
    select
        cast(ROW_DATE as date) as day,
        case SPLIT when 'APPT' then 'phone_appointments' when 'BILL' then 'phone_billing' else SPLIT end as service_id,
        cast(CALLSOFFERED as double) as offered,
        {'answered_in_30_seconds': cast(ACCEPTABLE as double), 'abandoned': cast(ABNCALLS as double), 'answered': cast(ACDCALLS as double)}
            as counts
    from read_csv($files, all_varchar = true)
),
named as (
    select day, service_id, offered, unnest([
        {'metric': 'phone_report_answered_in_30_seconds', 'numerator': counts.answered_in_30_seconds},
        {'metric': 'phone_report_abandoned', 'numerator': counts.abandoned},
        {'metric': 'phone_report_answered', 'numerator': counts.answered}
    ], recursive := true)
    from report
)
select
    metric || ' ' || service_id || ' ' || day as tally_id,
    'HQC' as site_id,
    service_id,
    metric,
    cast(day as timestamp) as period_start,
    cast(day + interval '1 day' as timestamp) as period_end,
    numerator,
    offered as denominator,
    cast(day + interval '25 hours' as timestamp) as recorded_at -- the report runs at one in the morning
from named
