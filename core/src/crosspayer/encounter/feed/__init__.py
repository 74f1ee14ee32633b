"""Encounters from the exports of other systems: tables whose columns a map names, and payers a payer map knows."""
