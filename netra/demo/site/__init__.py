"""The demo's outlets: five virtual hosts on loopback, in the page layouts of the sites that netra reads."""

from netra.demo.site.server import DemoSite

__all__ = ["DemoSite"]
