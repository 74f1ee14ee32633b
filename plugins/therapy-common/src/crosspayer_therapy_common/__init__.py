"""Therapy rules that payer plugins of crosspayer opt into: data only, see pack.toml."""
