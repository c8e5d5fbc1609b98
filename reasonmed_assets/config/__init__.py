"""Settings and profiles: which models play which role, where, with what sampling, limits, rules and thresholds.

`profiles/` holds the shipped ones; a path to a file of one's own is accepted wherever a name is. What a value does
belongs to its reader: no file but TOML is read here, and no model is asked.
"""

from reasonmed_assets.config.profile import Profile
from reasonmed_assets.config.reading import ProfileError, load_profile, shipped_profiles

__all__ = ["Profile", "ProfileError", "load_profile", "shipped_profiles"]
