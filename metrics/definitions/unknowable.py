"""What a metric cannot tell, whoever counts it: from what its rows are, and from what is made of them.

What is peculiar to one metric stands in its caveats. This is what a reader of any figure of that kind has to know.
"""

from metrics.definitions.metric import ESTIMATES, Metric

OF_TABLE = {
    "appointments": "Who asked and got no appointment, or gave up asking, is in no row.",
    "visits": "Who was turned away at the door, or went elsewhere, is in no row; nor what became of those who left.",
    "contacts": "Who never got through to the system (an engaged line, a failed login), or never tried, is in no row.",
    "cases": "What nobody wrote down as a case is in no row: who does not complain may be content, or may have given up.",
    "referrals": "Who needed care and was never referred is in no row.",
    "slots": "Time that nobody put on a template is in no row; a slot is as it was seen at the census.",
    "surveys": "What those who did not answer think is not known, and they are seldom like those who did.",
    "patients": "What a patient never told, or was never asked, is not known.",
    "tallies": "Which cases were counted cannot be seen: no row stands behind them, and a mistake of their source stays one.",
}
OF_A_QUERY = "What its query leaves out is not known here: read its SQL."
OF_KIND = {
    "rate": "It does not say why: the share may move because other patients came. Read both counts, and the groups.",
    "ratio": "It does not say whether more happened or there was less to happen to: read both counts.",
    "count": "It does not say whether many is much: a count has no denominator.",
    "score": "It does not say how the answers are spread: a mean of fives is that of nines and ones, too.",
    "census": "It does not say how long those found will have waited in the end: who is found waiting is a long waiter.",
}
FINISHED = "Median and percentiles are of finished cases: how long those still waiting will have waited is not in them."
ESTIMATED = "The estimate for those still waiting takes them to be like the others; where they are not, it is wrong."
BINNED = "Where inside its bin a wait lies is not known; of one in the open last bin, only that it is at least so long."


def cannot_tell(metric: Metric) -> tuple[str, ...]:
    """Sentences: of the metric's rows, then of its kind. Every metric has both."""
    return OF_TABLE.get(metric.table, OF_A_QUERY), _of_kind(metric)


def _of_kind(metric: Metric) -> str:
    if metric.kind != "duration":
        return OF_KIND[metric.kind]
    if metric.is_tally:
        return BINNED
    return ESTIMATED if set(metric.statistics) & set(ESTIMATES) else FINISHED
