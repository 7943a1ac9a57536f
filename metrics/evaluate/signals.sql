select * from signals
