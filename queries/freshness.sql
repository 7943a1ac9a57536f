-- title: Freshness of the sources
-- question: Which source has fallen silent, altogether or for one site, and how much of it was rejected?
-- owner: Data team
-- reviewed: 2026-11-23
-- param: stale_hours integer = 36    Silent for longer than this, and than its own rhythm allows, is stale
-- returns: table_name, source, site_id, rows, first_at, last_at, recorded_at, hours_behind, allowed_hours, stale, rejected, share_rejected
select
    f.table_name, f.source, f.site_id, f.rows, f.first_at, f.last_at, f.recorded_at,
    date_diff('hour', f.recorded_at, g.as_of) as hours_behind,
    greatest($stale_hours, f.allowed_hours) as allowed_hours,
    coalesce(epoch(g.as_of) - epoch(f.recorded_at) > 3600 * greatest($stale_hours, f.allowed_hours), true) as stale,
    f.rejected,
    f.rejected / nullif(f.rows + f.rejected, 0) as share_rejected
from freshness f, generation g
order by stale desc, hours_behind desc, f.table_name, f.source, f.site_id nulls first
