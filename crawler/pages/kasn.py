"""kasn.go.id, as it stood until the commission ended in 2024: a Joomla site, articles in `item-page`."""

from crawler.pages.base import Layout

LAYOUT = Layout(
    "kasn",
    title=("div.item-page h1", "div.item-page h2[itemprop=headline]"),
    body=("div[itemprop=articleBody]", "div.item-page"),
    date=("dd.published time", "dd.create time"),
    author=("dd.createdby span[itemprop=name]",),
    drop=(".article-info", ".pager", ".pagination", ".tags", ".icons", ".article-share", "h1", "h2[itemprop=headline]"),
)
