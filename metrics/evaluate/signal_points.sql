select * from signal_points
