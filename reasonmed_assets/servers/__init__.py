"""Model servers that a build starts on this machine: the embedded model and the rehearsal endpoint.

`process.py` starts and stops them; `child.py` is what every server does as a child process. What the engine sends to a
server, and how it reads replies, is in `reasonmed_assets.llm`.
"""

from reasonmed_assets.servers.process import LocalServer, ServerError, Servers

__all__ = ["LocalServer", "ServerError", "Servers"]
