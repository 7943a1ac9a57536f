-- source: acd_genesys
-- table: tallies
-- time_zone: UTC

-- Genesys Cloud, conversation aggregates of a queue as CSV, columns named as its API names them. The service level is the tenant's own:
-- whether short abandons and flow-outs count is a setting, so it is one tally with the system's own two counts. Times are UTC.
-- The site is on no line of the file: it stands here, to be changed with the file. What an interval says is known at its end.
with place as (
    select 'HQC' as site_id
),
columns_known as (
    select null as interval, null as queueId, null as nOffered, null as "tAnswered.count", null as "tAnswered.sum", null as "tAbandon.count",
        null as "oServiceLevel.numerator", null as "oServiceLevel.denominator"
    where false
),
lines as (
    select * from columns_known
    union all by name
    select * from read_csv($files, all_varchar = true, union_by_name = true)
),
intervals as (
    select
        cast(split_part(interval, '/', 1) as timestamptz) at time zone 'UTC' as begins,
        cast(split_part(interval, '/', 2) as timestamptz) at time zone 'UTC' as ends,
        queueId as queue,
        cast(nOffered as double) as offered,
        cast("tAnswered.count" as double) as answered,
        cast(null as double) as in_time,
        cast(null as double) as lost_in_time,
        cast(null as double) as level_offered,
        cast("tAbandon.count" as double) as lost,
        cast("tAnswered.sum" as double) / 1000 as waited, -- milliseconds, of all answered calls together
        cast("oServiceLevel.numerator" as double) as own_in_time,
        cast("oServiceLevel.denominator" as double) as own_offered
    from lines
),
counted as (
    select begins, ends, queue, unnest([
        {'metric': 'acd_service_level_as_set', 'numerator': own_in_time, 'denominator': own_offered, 'count': null},
        {'metric': 'acd_abandonment_rate', 'numerator': lost, 'denominator': offered, 'count': null},
        {'metric': 'acd_answered', 'numerator': null, 'denominator': null, 'count': answered},
        {'metric': 'acd_answer_wait_seconds', 'numerator': null, 'denominator': null, 'count': waited}
    ], recursive := true)
    from intervals
)
select
    concat_ws(' ', 'acd_genesys', metric, queue, strftime(begins, '%Y-%m-%dT%H:%M')) as tally_id,
    site_id,
    queue as service_id,
    metric,
    begins as period_start,
    ends as period_end,
    numerator, denominator, count,
    ends as recorded_at
from counted, place
where count is not null or (numerator is not null and denominator is not null) -- a measure that the file does not hold
