-- When each source last spoke of each table, altogether (site_id null) and for each site.
select table_name, source, site_id, rows, first_at, last_at, recorded_at, allowed_hours, rejected
from freshness
order by table_name, source, site_id nulls first
