"""The bundled domains, each a folder with its wording, instances and a generator of problems.

Domains of other distributions join them through entry points; see the module `loading`.
"""

from __future__ import annotations

from goalsmith.domains.library.loading import (
    Instance,
    LibraryDomain,
    bundled,
    clashes,
    load_folder,
    names,
)

__all__ = ["Instance", "LibraryDomain", "bundled", "clashes", "load_folder", "names"]
