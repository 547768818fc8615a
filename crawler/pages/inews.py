"""The regional sites of iNews (badung.inews.id and its sisters)."""

from crawler.pages.base import Layout

LAYOUT = Layout(
    "inews",
    title=("h1.titleArticle", "article h1", "h1"),
    body=("div.contentArticle", "section.content", "div.content", "div[itemprop=articleBody]"),
    date=("div.timeAndShare .createdAt", ".createdAt", ".timeAndShare"),
    author=("div.detailAuthor .author", ".author"),
    drop=("[class*=baca-juga]", "[class*=related]", "[class*=ads]", ".editor", ".tag-article", ".pagination", ".caption"),
)
