"""The inbox: what each person is told, read or not."""
