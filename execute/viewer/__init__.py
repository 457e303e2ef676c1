"""A run as a page: served to a browser while it goes on, or written as one file."""

from goalsmith.execute.viewer.live import LiveRun
from goalsmith.execute.viewer.page import page, written
from goalsmith.execute.viewer.server import ViewServer

__all__ = ["LiveRun", "ViewServer", "page", "written"]
