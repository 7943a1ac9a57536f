"""What is drawn alike wherever it is drawn: on the dashboard, on the page of a snapshot, in print."""
