"""The closed words of policies, as types: what policies say in them, answers and schemas say in them too."""

from __future__ import annotations

from typing import Literal

Topic = Literal[
    "codes", "units", "pairs", "modifiers", "authorization", "necessity",
    "records", "provider", "setting", "device", "benefit", "liability",
]  # fmt: skip
Effect = Literal["not_covered", "reduce_units", "auth_needed", "documentation_needed", "review", "warn", "inform"]
Stage = Literal["order", "schedule", "pre_claim", "claim", "appeal"]
Grants = Literal["coverage", "no_auth", "satisfied"]
Grade = Literal["primary", "quoted", "association", "secondary", "unverified"]
Confidence = Literal["high", "medium", "low"]
ComparisonTopic = Literal[
    "daily_cap", "what_counts", "cap_exceptions", "minute_method", "discipline_modifiers", "assistant_payment",
    "referral", "authorization", "evaluation_free", "subsequent_listed", "authorization_units", "place_of_service",
    "furnished_by", "same_day_reduction", "visit_limit", "maintenance", "device", "documentation", "telehealth",
]  # fmt: skip
