"""The SQL of templates."""

COLUMNS = "kind, subject, text, html, updated_at, version"

ALL = f"SELECT {COLUMNS} FROM mail_templates"
GET = f"SELECT {COLUMNS} FROM mail_templates WHERE kind = $1"

# $1 kind, $2 the version that is replaced (1: there is no row yet), $3 to $5 the words, null for ours.
REPLACE = f"""
INSERT INTO mail_templates AS t (kind, subject, text, html, version) VALUES ($1, $3, $4, $5, $2::integer + 1)
ON CONFLICT (kind) DO UPDATE SET subject = excluded.subject, text = excluded.text, html = excluded.html,
    updated_at = now(), version = excluded.version
WHERE t.version = $2
RETURNING {COLUMNS}
"""
