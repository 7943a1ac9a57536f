-- Every feed altogether: how much it sent, how much was kept out, when it was last heard of.
select table_name, source, rows, coalesce(rejected, 0) as rejected, recorded_at, allowed_hours
from freshness
where site_id is null
order by table_name, source
