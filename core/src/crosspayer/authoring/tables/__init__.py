"""Importing a publisher's files as a site's own tables: `imports/*.toml` of a plugin says how."""
