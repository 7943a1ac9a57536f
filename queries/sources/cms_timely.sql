-- source: cms_timely
-- table: tallies
-- time_zone: UTC

-- CMS, Timely and Effective Care, national or by state: emergency measures OP-18 (median minutes of stay) and OP-22 (share who left
-- unseen). The file has no counts, so its values are kept as published and are in no figure. 'Not Available' is no value: such a
-- row says nothing and gives none. The file is not dated: the end of its period stands for when it was said.
with columns_of_both as (
    select null as State, null as "Measure ID", null as Score, null as "Start Date", null as "End Date"
    where false
),
scores as (
    select coalesce(State, 'US') as place, lower("Measure ID") as measure, try_cast(Score as double) as score,
        strptime("Start Date", '%-m/%-d/%Y') as first_day, strptime("End Date", '%-m/%-d/%Y') as last_day
    from (
        select * from columns_of_both
        union all by name
        select * from read_csv($files, all_varchar = true, union_by_name = true)
    )
    where "Measure ID" in ('OP_18b', 'OP_18c', 'OP_22')
)
select
    concat_ws(':', 'cms', measure, place, cast(last_day as date)) as tally_id,
    place as site_id,
    'emergency' as service_id,
    'cms_' || measure as metric,
    first_day as period_start,
    last_day + interval '1 day' as period_end,
    case measure when 'op_22' then 'share' else 'median' end as published,
    case measure when 'op_22' then score / 100 else score end as published_value,
    last_day + interval '1 day' as recorded_at
from scores
where score is not null
