"""crosspayer: hold an outpatient-therapy encounter against the coverage policies of every installed payer."""

from crosspayer.determination.model import Answer, Determination, Finding
from crosspayer.encounter.profile import Profile
from crosspayer.encounter.read import Encounter
from crosspayer.engine.decision import Decision
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, Problem
from crosspayer.hookspecs import PluginDocument, hookimpl
from crosspayer.plugins.build import PluginError, build_engine
from crosspayer.plugins.report import PluginReport

__all__ = [
    "Answer",
    "Decision",
    "Determination",
    "Encounter",
    "Engine",
    "Finding",
    "InputError",
    "PluginDocument",
    "PluginError",
    "PluginReport",
    "Problem",
    "Profile",
    "build_engine",
    "hookimpl",
]
