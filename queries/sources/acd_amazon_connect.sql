-- source: acd_amazon_connect
-- table: tallies
-- time_zone: UTC

-- Amazon Connect, historical metrics report as CSV, with the columns of contacts (counts). Its percentages and averages are left
-- where they are: they cannot be added up. Times carry their offset. A queued call-back is not abandoned.
-- The site is on no line of the file: it stands here, to be changed with the file. What an interval says is known at its end.
with place as (
    select 'HQC' as site_id
),
columns_known as (
    select null as StartInterval, null as EndInterval, null as Queue, null as "Contacts queued", null as "Contacts handled incoming",
        null as "Contacts answered in 60 seconds", null as "Contacts abandoned in 60 seconds", null as "Contacts abandoned"
    where false
),
lines as (
    select * from columns_known
    union all by name
    select * from read_csv($files, all_varchar = true, union_by_name = true)
),
intervals as (
    select
        cast(StartInterval as timestamptz) at time zone 'UTC' as begins,
        cast(EndInterval as timestamptz) at time zone 'UTC' as ends,
        Queue as queue,
        cast("Contacts queued" as double) as offered,
        cast("Contacts handled incoming" as double) as answered,
        cast("Contacts answered in 60 seconds" as double) as in_time,
        cast("Contacts abandoned in 60 seconds" as double) as lost_in_time,
        offered as level_offered,
        cast("Contacts abandoned" as double) as lost,
        cast(null as double) as waited
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
    concat_ws(' ', 'acd_amazon_connect', metric, queue, strftime(begins, '%Y-%m-%dT%H:%M')) as tally_id,
    site_id,
    queue as service_id,
    metric,
    begins as period_start,
    ends as period_end,
    numerator, denominator, count,
    ends as recorded_at
from counted, place
where count is not null or (numerator is not null and denominator is not null) -- a measure that the file does not hold
