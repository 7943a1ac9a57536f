select table_name
from duckdb_tables()
union
select view_name as table_name
from duckdb_views()
