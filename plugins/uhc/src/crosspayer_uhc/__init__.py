"""Therapy coverage policy of UnitedHealthcare for crosspayer: data only, see payer.toml."""
