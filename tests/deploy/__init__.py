"""Tests of the gateway's configuration, the supervisor and what else runs a system; they need no service."""
