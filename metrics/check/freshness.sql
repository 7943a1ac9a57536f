-- title: how fresh each source is, altogether (site_id null) and at each site
-- returns: table_name, source, site_id, rows, recorded_at, allowed_hours, rejected
select table_name, source, site_id, rows, recorded_at, allowed_hours, rejected
from freshness
order by table_name, source, site_id nulls first
