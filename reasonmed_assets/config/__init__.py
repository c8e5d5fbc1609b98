"""Settings and profiles: which models play which role, where, with what sampling, limits, rules and thresholds.

Here belong the one loader of TOML, how profiles extend one another, and `profiles/`, the shipped ones; the path of a
file is accepted wherever a name is. What a value does belongs to its reader: no other file is read here, and no model
is asked.
"""

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import ProfileError, load_profile, shipped_profiles

__all__ = ["Profile", "ProfileError", "load_profile", "shipped_profiles"]
