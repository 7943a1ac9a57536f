"""The live board's parts: what is looked at, its head, its tiles on a desk and on a wall, its lists."""
