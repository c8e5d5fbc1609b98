"""The model roles, one module each: prompt fields, kind of reply, section of the profile, rehearsal, what calls serve.

A module in this folder is a role as soon as it holds a `ROLE`; everything that runs over roles reads `ROLES`.
`declaration.py` says what a role declares, `replies.py` what it may reply. Prompts are in `llm/prompts/`, how a reply
is read in `llm/replies/`; no file, model or profile is read here.
"""

from reasonmed_assets.roles.declaration import Role, RoleError, find_roles

__all__ = ["PROBLEMS", "ROLES", "Role", "RoleError", "role_named"]

ROLES, PROBLEMS = find_roles(__name__, __path__)
"""Every role by name, and what is missing or wrong in the declarations."""


def role_named(name: str) -> Role:
    """The declaration of a role.

    Raises:
        RoleError: there is no such role.
    """
    if name not in ROLES:
        raise RoleError(f"there is no role {name!r}: the roles are {', '.join(ROLES)}")
    return ROLES[name]
