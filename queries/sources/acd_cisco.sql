-- source: acd_cisco
-- table: tallies
-- time_zone: site

-- Cisco Unified Contact Center Enterprise, Call_Type_Interval as CSV: counts and sums of an interval, never its averages. Offered,
-- for the service level, are the calls with a service level event (answered, abandoned, or the timer passed, whichever came first).
-- The site is on no line of the file: it stands here, to be changed with the file. What an interval says is known at its end.
with place as (
    select 'HQC' as site_id
),
columns_known as (
    select null as DateTime, null as ReportingInterval, null as CallTypeID, null as CallsOffered, null as CallsAnswered, null as ServiceLevelCalls,
        null as ServiceLevelAband, null as ServiceLevelCallsOffered, null as TotalCallsAband, null as AnswerWaitTime
    where false
),
lines as (
    select * from columns_known
    union all by name
    select * from read_csv($files, all_varchar = true, union_by_name = true)
),
intervals as (
    select
        cast(DateTime as timestamp) as begins,
        cast(DateTime as timestamp) + to_minutes(cast(coalesce(ReportingInterval, '30') as integer)) as ends,
        CallTypeID as queue,
        cast(CallsOffered as double) as offered,
        cast(CallsAnswered as double) as answered,
        cast(ServiceLevelCalls as double) as in_time,
        cast(ServiceLevelAband as double) as lost_in_time,
        cast(ServiceLevelCallsOffered as double) as level_offered,
        cast(TotalCallsAband as double) as lost,
        cast(AnswerWaitTime as double) as waited -- seconds, of all answered calls together
    from lines
),
counted as (
    select begins, ends, queue, unnest([
        {'metric': 'acd_service_level', 'numerator': in_time, 'denominator': level_offered, 'count': null},
        {'metric': 'acd_service_level_abandons_ignored', 'numerator': in_time, 'denominator': level_offered - lost_in_time,
            'count': null},
        {'metric': 'acd_service_level_abandons_met', 'numerator': in_time + lost_in_time, 'denominator': level_offered,
            'count': null},
        {'metric': 'acd_abandonment_rate', 'numerator': lost, 'denominator': offered, 'count': null},
        {'metric': 'acd_answered', 'numerator': null, 'denominator': null, 'count': answered},
        {'metric': 'acd_answer_wait_seconds', 'numerator': null, 'denominator': null, 'count': waited}
    ], recursive := true)
    from intervals
)
select
    concat_ws(' ', 'acd_cisco', metric, queue, strftime(begins, '%Y-%m-%dT%H:%M')) as tally_id,
    site_id,
    queue as service_id,
    metric,
    begins as period_start,
    ends as period_end,
    numerator, denominator, count,
    ends as recorded_at
from counted, place
where count is not null or (numerator is not null and denominator is not null) -- a measure that the file does not hold
