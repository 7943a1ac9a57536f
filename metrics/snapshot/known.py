"""Until when the ledger counts: what it knew of the data, not what people did with it since."""

from datetime import datetime

import sqlalchemy as sa

from metrics.ledger import Ledger
from metrics.ledger.tables import RULE_EVALUATION


def known_at(ledger: Ledger, as_of: datetime) -> datetime:
    """The moment of the last evaluation that found something in data as of then or before; the data's as-of where none is later.

    The evaluation of the very data a snapshot shows runs a little after their as-of, and its alerts are the week's.
    """
    at = RULE_EVALUATION.c.evaluated_at
    found = ledger.frame(sa.select(at).where(RULE_EVALUATION.c.data_as_of <= as_of).order_by(at.desc()).limit(1))
    last: datetime | None = found["evaluated_at"].max()  # type: ignore[assignment]
    return max(as_of, last) if last else as_of
