"""Reports: numbers and series over the tasks that somebody sees."""
