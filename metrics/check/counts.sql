-- title: what was counted in the events of the newest months
-- returns: the columns of metrics.quality.counts.COUNTS
select counted, table_name, source, site_id, month, about, bucket, n, total, example
from quality_counts
order by all
