-- title: Freshness of the sources
-- question: Which source has fallen silent, and how much of it was rejected?
-- owner: Data team
-- reviewed: 2026-11-01
-- param: stale_hours integer = 36    Silent for longer than this is stale
-- returns: table_name, source, rows, first_at, last_at, recorded_at, hours_behind, stale, rejected, share_rejected
select
    f.table_name, f.source, f.rows, f.first_at, f.last_at, f.recorded_at,
    date_diff('hour', f.recorded_at, g.as_of) as hours_behind,
    coalesce(hours_behind > $stale_hours, true) as stale,
    f.rejected,
    f.rejected / nullif(f.rows + f.rejected, 0) as share_rejected
from freshness f, generation g
order by stale desc, hours_behind desc, f.table_name, f.source
