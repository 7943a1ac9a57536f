-- When each source last spoke of each table.
select table_name, source, rows, first_at, last_at, recorded_at, rejected
from freshness
order by table_name, source
