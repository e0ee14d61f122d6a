"""The words of mails: Jinja2 templates, which administrators may replace."""
