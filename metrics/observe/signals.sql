-- What the control charts say: one row a series, at its newest closed period, concerns first.
-- params: grain; metric, site, service (null for any); unchanged (also those where no rule fired)
with asked as (
    select *
    from signals
    where grain = $grain
        and metric = coalesce($metric, metric)
        and ($site is null or site_id = $site)
        and ($service is null or service_id = $service)
        and ($unchanged or variation not in ('common_cause', 'not_assessed'))
)
select
    asked.metric, statistic, grain, site_id, service_id, period_start, asked.value, n, variation, assurance, rules, since,
    centre, lower, upper, target, target_source, chart, points, missing, muted, baseline_from, baseline_to, baseline_by,
    rebase_suggested
from asked
left join definitions using (metric)
order by
    list_position(['concern', 'improvement', 'neutral', 'common', 'not'], split_part(variation, '_', 1)),
    list_position(['consistent', 'inconsistent'], split_part(assurance, '_', 1)), definitions.position, asked.metric,
    site_id nulls first, service_id nulls first, statistic
