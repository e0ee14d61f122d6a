"""Attachments: files that hang on a task, received in a stream, kept once for each content, served by the gateway."""
