-- title: Gaps between groups of patients
-- question: Which groups of patients fare differently from a reference group, on one metric?
-- owner: Equity board
-- reviewed: 2026-11-30
-- param: metric text = no_show_rate    A metric that is reported as a share
-- param: statistic text = share        share or within
-- param: dimension text = age_band     age_band, language, interpreter, deprivation or payer
-- param: reference text = null         The group the others are compared with; null for the one with most cases
-- param: least integer = 30            Groups of fewer cases are not assessed
-- param: months integer = 12           The newest settled months, added up
-- returns: stratum, numerator, denominator, share, reference, gap, gap_lower, gap_upper, finding
-- note: The gap is the group's share less the reference's, with Newcombe's 95 % interval (method 10, 1998). Waits are compared by timely observe METRIC --by age_band --gap. Cases of one patient count apart. A difference is not its cause: groups differ in age, need and place.
with settled as (
    select distinct period_start
    from observations
    where metric = $metric and statistic = $statistic and grain = 'month' and mature
    order by period_start desc
    limit $months
), groups as (
    select split_part(o.stratum, '=', 2) as stratum, sum(o.numerator) as numerator, sum(o.denominator) as denominator
    from observations o
    join settled using (period_start)
    where o.metric = $metric and o.statistic = $statistic and o.grain = 'month'
      and o.site_id is null and o.service_id is null and starts_with(o.stratum, $dimension || '=')
    group by all
), wilson as (
    select *, numerator / nullif(denominator, 0) as share, 1.959963984540054 ^ 2 / nullif(denominator, 0) as zz,
        sqrt(zz * (share * (1 - share) + zz / 4)) as spread,
        greatest(0, (share + zz / 2 - spread) / (1 + zz)) as lower,
        least(1, (share + zz / 2 + spread) / (1 + zz)) as upper
    from groups
), chosen as (
    select coalesce($reference::varchar, (
        select stratum from groups where stratum <> 'unknown' order by denominator desc, stratum limit 1)) as reference
), beside as (
    select g.*, chosen.reference, r.share as r_share, r.lower as r_lower, r.upper as r_upper,
        case when g.stratum <> chosen.reference and g.denominator >= $least and r.denominator >= $least
            then g.share - r.share end as gap
    from wilson g
    cross join chosen
    left join wilson r on r.stratum = chosen.reference
), limits as (
    select *,
        gap - sqrt((share - lower) ^ 2 + (r_upper - r_share) ^ 2) as gap_lower,
        gap + sqrt((upper - share) ^ 2 + (r_share - r_lower) ^ 2) as gap_upper
    from beside
)
select
    stratum, numerator, denominator, share, reference, gap, gap_lower, gap_upper,
    case when stratum = reference then 'reference'
        when gap is null then 'not assessed'
        when gap_lower > 0 then if(better = 'higher', 'better', if(better = 'lower', 'worse', 'higher'))
        when gap_upper < 0 then if(better = 'higher', 'worse', if(better = 'lower', 'better', 'lower'))
        else 'no difference shown' end as finding
from limits
cross join (select any_value(better) as better from definitions where metric = $metric)
order by gap desc nulls last, stratum
