"""The weekly snapshot: one page of words and charts that never changes after it is issued."""
