"""Reports that are made again and again, at an hour of the day where their owner lives."""
