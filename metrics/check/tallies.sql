-- title: counts made elsewhere that a check can hold against each other: parts of a list, and bins beside published values
-- returns: rows of facts_tallies
with stated as (
    select distinct metric from facts_tallies where published_value is not null
)
select
    tally_id, site_id, service_id, metric, period_start, numerator, denominator, bin_lower, bin_upper, count, published,
    published_value, source, day
from facts_tallies
where metric in (from stated) or (count is not null and bin_lower is null)
order by tally_id
