-- source: cfpb
-- table: cases
-- time_zone: America/New_York

-- Consumer complaints to the US Consumer Financial Protection Bureau. Received opens the case; sending it on to the company
-- acknowledges it. The file says how the company answered but not when, so no case has a time of resolution. Dates only:
-- midnight stands for the day; one that cannot be read stays as it is, for the rejects to show. A complaint sent before it
-- was received breaks the contract and goes to rejects.
with complaints as (
    select
        *,
        coalesce(strftime(try_strptime(date_received, '%m/%d/%Y'), '%Y-%m-%d'), date_received) as received,
        coalesce(strftime(try_strptime(date_sent_to_company, '%m/%d/%Y'), '%Y-%m-%d'), date_sent_to_company) as sent
    from read_csv($files, all_varchar = true)
)
select
    'cfpb-' || complaint_id as case_id,
    'CFPB' as site_id,
    lower(replace(product, ' ', '_')) as service_id,
    'complaint' as kind,
    received as opened_at,
    sent as acknowledged_at,
    company_response_to_consumer as outcome,
    greatest(received, sent) as recorded_at
from complaints

-- table: tallies
-- time_zone: America/New_York

-- What the bureau says of each complaint, counted by product and month of receipt: all complaints, also those whose
-- dates are the wrong way round.
with complaints as (
    select
        lower(replace(product, ' ', '_')) as service, date_trunc('month', strptime(date_received, '%m/%d/%Y')) as month,
        timely_response = 'Yes' as timely, "consumer_disputed?" = 'Yes' as disputed
    from read_csv($files, all_varchar = true)
),
counted as (
    select service, month, 'cfpb_timely_response' as metric, count(*) filter (timely) as numerator, count(*) as denominator
    from complaints group by all
    union all
    select service, month, 'cfpb_disputed', count(*) filter (disputed), count(*) from complaints group by all
)
select
    concat_ws(':', metric, service, cast(month as date)) as tally_id,
    'CFPB' as site_id,
    service as service_id,
    metric,
    cast(month as timestamp) as period_start,
    month + interval '1 month' as period_end,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    month + interval '1 month' as recorded_at
from counted
