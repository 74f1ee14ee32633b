"""Therapy coverage policy of Aetna for crosspayer: data only, see payer.toml."""
