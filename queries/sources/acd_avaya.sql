-- source: acd_avaya
-- table: tallies
-- time_zone: site

-- Avaya Call Management System, table hsplit as CSV: intervals of a split. ACCEPTABLE and SLVLABNS are the calls answered and
-- abandoned within SERVICELEVEL seconds; outflown and dequeued calls are offered, and neither answered nor abandoned.
-- The site is on no line of the file: it stands here, to be changed with the file. What an interval says is known at its end.
with place as (
    select 'HQC' as site_id
),
columns_known as (
    select null as ROW_DATE, null as STARTTIME, null as INTRVL, null as SPLIT, null as CALLSOFFERED, null as ACDCALLS, null as ACCEPTABLE,
        null as SLVLABNS, null as ABNCALLS, null as ANSTIME
    where false
),
lines as (
    select * from columns_known
    union all by name
    select * from read_csv($files, all_varchar = true, union_by_name = true)
),
intervals as (
    select
        cast(ROW_DATE as date) + to_minutes(cast(STARTTIME as integer) // 100 * 60 + cast(STARTTIME as integer) % 100) as begins,
        begins + to_minutes(cast(INTRVL as integer)) as ends,
        SPLIT as queue,
        cast(CALLSOFFERED as double) as offered,
        cast(ACDCALLS as double) as answered,
        cast(ACCEPTABLE as double) as in_time,
        cast(SLVLABNS as double) as lost_in_time,
        offered as level_offered,
        cast(ABNCALLS as double) as lost,
        cast(ANSTIME as double) as waited -- seconds, of all answered calls together
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
    concat_ws(' ', 'acd_avaya', metric, queue, strftime(begins, '%Y-%m-%dT%H:%M')) as tally_id,
    site_id,
    queue as service_id,
    metric,
    begins as period_start,
    ends as period_end,
    numerator, denominator, count,
    ends as recorded_at
from counted, place
where count is not null or (numerator is not null and denominator is not null) -- a measure that the file does not hold
