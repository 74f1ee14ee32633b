"""Therapy coverage policy of Medicare for crosspayer: data only, see payer.toml."""
