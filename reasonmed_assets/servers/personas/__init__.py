"""Personas of the simulated endpoint: programs and providers with their own ways to end, refuse, limit, count and fail.

They are a list of declarations, `PERSONAS`; `acting.py` answers as one of them. The texts are written by the rehearsal.
How the engine is to take any of it is no business of this package.
"""

from __future__ import annotations

from reasonmed_assets.servers.personas.acting import Acting, Entry
from reasonmed_assets.servers.personas.hosts import HOSTS
from reasonmed_assets.servers.personas.local import LOCAL
from reasonmed_assets.servers.personas.makers import MAKERS
from reasonmed_assets.servers.personas.persona import BatchHabits, Persona, Response, Tokens

PERSONAS: dict[str, Persona] = {persona.name: persona for persona in (*LOCAL, *MAKERS, *HOSTS)}
"""Every persona by its name."""

__all__ = ["PERSONAS", "Acting", "BatchHabits", "Entry", "Persona", "Response", "Tokens"]
