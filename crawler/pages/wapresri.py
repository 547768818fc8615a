"""wapresri.go.id: the vice president's press office, a WordPress theme that names its parts `single-*`."""

from crawler.pages.base import Layout

LAYOUT = Layout(
    "wapresri",
    title=("h1.entry-title", "h1.single-title"),
    body=("div.entry-content", "div.single-content"),
    date=("time.entry-date", "span.posted-on", "div.entry-meta"),
    drop=(".sharedaddy", ".jp-relatedposts", ".wp-caption-text", ".addtoany_share_save_container", ".post-tags"),
)
