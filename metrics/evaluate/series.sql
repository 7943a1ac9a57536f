-- The figures that control charts are drawn of, closed periods only, as the generation holds them.
select
    metric, statistic, grain, period_start, period_end, site_id, service_id, numerator, denominator, value, n, closed as mature
from signal_points
where closed and value is not null
