"""Months put together for reading: as many as fit in memory."""

MOST_ROWS = 500_000  # events held at a time, unless one month has more


def chunks_of(months: dict[str, int]) -> list[list[str]]:
    """The months in order, put together as long as a chunk holds few rows: small months cost more to start than to compute."""
    chunks: list[list[str]] = []
    held = MOST_ROWS
    for month in sorted(months):
        if held + months[month] > MOST_ROWS:
            chunks.append([])
            held = 0
        chunks[-1].append(month)
        held += months[month]
    return chunks
