"""Therapy coverage policy of Blue Cross Blue Shield for crosspayer: data only, see payer.toml."""
