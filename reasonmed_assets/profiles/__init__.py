"""Profiles: which models play which role, where, with what sampling, limits, rules and thresholds.

The shipped ones are the TOML files beside this module; a path to a file of one's own is accepted wherever a name is.
"""

from reasonmed_assets.profiles.model import Profile
from reasonmed_assets.profiles.reading import ProfileError, load_profile, shipped_profiles

__all__ = ["Profile", "ProfileError", "load_profile", "shipped_profiles"]
