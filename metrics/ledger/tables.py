"""What the ledger holds: every table's columns, once.

Instants are naive UTC; lists and labels are JSON text with sorted keys. `alert_event`, `rule_evaluation` and
`delivery_attempt` are only ever added to (an attempt is added open, and closed once); `alert_instance` is where an
episode's evaluations and events have led.
"""

from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa

from metrics.alerts.episode import OUTCOMES, STATES
from metrics.errors import UserError

VERSION = 1  # of the tables below; rises when they change
METADATA = sa.MetaData()
# SQLite counts up by itself only in a column that it calls INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def one_of(column: str, words: Sequence[str]) -> sa.CheckConstraint:
    """The column holds one of the words, all of them this program's own."""
    return sa.CheckConstraint(sa.column(column).in_([sa.literal_column(f"'{word}'") for word in words]))


LEDGER_VERSION = sa.Table("ledger_version", METADATA, sa.Column("version", sa.Integer, primary_key=True))

ALERT_RULE = sa.Table(
    "alert_rule", METADATA,
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("metric", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("meaning", sa.Text, nullable=False),  # the whole rule as JSON, as it stood in alerts.toml
    sa.Column("created_at", sa.DateTime, nullable=False),
)  # fmt: skip

MEASURED = ("value", "numerator", "denominator", "target", "lower", "centre", "upper", "excess")

RULE_EVALUATION = sa.Table(
    "rule_evaluation", METADATA,
    sa.Column("eval_id", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("evaluation_key", sa.Text, nullable=False, unique=True),  # rule, version, place, moment, data_as_of, what was found
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("moment", sa.DateTime, nullable=False),
    sa.Column("period_start", sa.Date, nullable=False),
    sa.Column("period_end", sa.Date, nullable=False),
    sa.Column("evaluated_at", sa.DateTime, nullable=False),
    sa.Column("data_as_of", sa.DateTime, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("n", sa.BigInteger),
    *(sa.Column(name, sa.Double) for name in MEASURED),
    sa.Column("signal", sa.Text),
    sa.Column("detail", sa.Text),
    one_of("outcome", OUTCOMES),
    sa.Index("rule_evaluation_at", "moment"),
)  # fmt: skip

ALERT_INSTANCE = sa.Table(
    "alert_instance", METADATA,
    sa.Column("alert_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("fingerprint", "rule_id", "rule_version", "kind", "severity")),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("site_id", sa.Text),
    sa.Column("service_id", sa.Text),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("owner", "state")),
    sa.Column("opened_at", sa.DateTime, nullable=False),
    sa.Column("moment", sa.DateTime, nullable=False),
    sa.Column("first_period", sa.Date, nullable=False),
    sa.Column("last_period", sa.Date, nullable=False),
    sa.Column("last_outcome", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("ack_state", sa.Text, nullable=False),
    sa.Column("acked_by", sa.Text),
    sa.Column("acked_at", sa.DateTime),
    sa.Column("snoozed_until", sa.DateTime),
    sa.Column("cause", sa.Text),
    sa.Column("fired_at", sa.DateTime),
    sa.Column("ended_at", sa.DateTime),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("breaches", "oks", "flap_count")),
    *(sa.Column(name, sa.Double) for name in ("last_value", "peak_value", "peak_excess")),
    sa.Column("told_at", sa.DateTime),
    sa.Column("told", sa.Text),
    one_of("state", STATES),
    sa.Index("alert_instance_of", "fingerprint", "moment"),
)  # fmt: skip

ALERT_EVENT = sa.Table(
    "alert_event", METADATA,
    sa.Column("event_id", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("alert_id", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False),  # false: the actor is a name that somebody picked
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text),
    sa.Column("to_state", sa.Text),
    sa.Column("payload", sa.Text, nullable=False),  # JSON
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Index("alert_event_of", "alert_id", "event_id"),
)  # fmt: skip

SILENCE = sa.Table(
    "silence", METADATA,
    sa.Column("silence_id", sa.Text, primary_key=True),
    sa.Column("matchers", sa.Text, nullable=False),  # JSON: label -> value
    sa.Column("starts_at", sa.DateTime, nullable=False),
    sa.Column("ends_at", sa.DateTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.CheckConstraint("ends_at >= starts_at"),  # one that was ended before it began holds at no instant
)  # fmt: skip

SERIES = ("metric", "statistic", "grain", "site_id", "service_id")


def _series() -> list[sa.Column[str]]:
    """A series' key. A null place means all of them."""
    return [sa.Column(name, sa.Text, nullable=name.endswith("_id")) for name in SERIES]


BASELINE = sa.Table(
    "baseline", METADATA,
    sa.Column("baseline_id", NUMBER, primary_key=True, autoincrement=True),
    *_series(),
    sa.Column("starts", sa.Date, nullable=False),
    sa.Column("baseline_from", sa.Date, nullable=False),
    sa.Column("baseline_to", sa.Date),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_at", sa.DateTime),
)  # fmt: skip

ANNOTATION = sa.Table(
    "annotation", METADATA,
    sa.Column("annotation_id", NUMBER, primary_key=True, autoincrement=True),
    *_series(),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("withdrawn_by", sa.Text),
    sa.Column("withdrawn_at", sa.DateTime),
)  # fmt: skip

DELIVERY = sa.Table(
    "delivery", METADATA,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("alert_ids", sa.Text, nullable=False),  # JSON: the episodes that the message tells of
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", sa.DateTime, nullable=False),
    sa.Column("lease_until", sa.DateTime),  # while sending: when another sender may take it over
    sa.Column("sender", sa.Text),  # while sending: whose lease it is
    sa.Column("sent_at", sa.DateTime),
    sa.Column("problem", sa.Text),  # why the last attempt failed, without any address or secret
    one_of("state", ("waiting", "sending", "sent", "given_up")),
    sa.Index("delivery_due", "state", "next_attempt_at"),
)  # fmt: skip

DELIVERY_ATTEMPT = sa.Table(
    "delivery_attempt", METADATA,
    sa.Column("attempt_id", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),  # a fingerprint of the address; the address may hold a secret
    sa.Column("address_shown", sa.Text, nullable=False),  # its scheme and host
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("ended_at", sa.DateTime),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("problem", sa.Text),
    one_of("outcome", ("sending", "sent", "failed", "unsure")),
    sa.Index("delivery_attempt_of", "message_id"),
)  # fmt: skip

QUERY_LOG = sa.Table(
    "query_log", METADATA,
    sa.Column("query_id", NUMBER, primary_key=True, autoincrement=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False),  # false: the person is a name that somebody gave
    sa.Column("door", sa.Text, nullable=False),  # where it was asked: the page, the API, the command line
    sa.Column("name", sa.Text),  # the saved question's; null for other SQL
    sa.Column("sql", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),  # JSON
    sa.Column("generation", sa.Text, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("rows", sa.BigInteger),  # of the answer that was given; null where there was none
    sa.Column("truncated", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("problem", sa.Text),  # what the person was told instead of an answer
    one_of("outcome", ("answered", "refused", "failed", "stopped", "cancelled", "busy")),
    one_of("door", ("page", "api", "command")),
    sa.Index("query_log_of", "person", "started_at"),
)  # fmt: skip

POLARS_TYPES: dict[type, pl.DataType] = {
    sa.Text: pl.String(), sa.Date: pl.Date(), sa.DateTime: pl.Datetime("us"), sa.Double: pl.Float64(), sa.Boolean: pl.Boolean(),
    sa.Integer: pl.Int64(), sa.BigInteger: pl.Int64(),
}  # fmt: skip


def schema_of(query: sa.Select[tuple[object, ...]]) -> dict[str, pl.DataType]:
    """The Polars types of the query's columns, known without running it."""
    return {column.name: POLARS_TYPES[type(column.type)] for column in query.selected_columns}


def checked_version(found: int, place: str) -> None:
    """Raises UserError when the tables are of a version that this program does not know."""
    if found != VERSION:
        raise UserError(
            f"the ledger {place} has version {found}; this program knows version {VERSION}. "
            "Use the program that wrote it, or a newer one: it brings an older ledger up to date."
        )
