-- title: how fresh each source is
-- returns: table_name, source, rows, first_at, last_at, recorded_at, rejected
select table_name, source, rows, first_at, last_at, recorded_at, rejected
from freshness
order by table_name, source
