"""The SQL of quick reports: the numbers themselves are those of `counts`."""

# All that one report reads is of one moment, so that its parts add up.
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
