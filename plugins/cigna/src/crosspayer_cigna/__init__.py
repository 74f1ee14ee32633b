"""Therapy coverage policy of Cigna Healthcare for crosspayer: data only, see payer.toml."""
