"""The bundled domains, each a folder with its wording, instances and a generator of problems."""

from __future__ import annotations

from goalsmith.domains.library.loading import (
    Instance,
    LibraryDomain,
    bundled,
    load_folder,
    names,
)

__all__ = ["Instance", "LibraryDomain", "bundled", "load_folder", "names"]
