"""Bulk: one request that changes many tasks, each under the same rules as by itself."""
