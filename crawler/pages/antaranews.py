"""antaranews.com and its regional sisters: paragraphs parted by <br>, the reporter's name below the text."""

from crawler.pages.base import Layout

LAYOUT = Layout(
    "antaranews",
    title=("h1.wrap__article-detail-title", "div.wrap__article-detail-title h1", "h1.post-title"),
    body=("div.wrap__article-detail-content.post-content", "div.post-content", "div#content_news"),
    date=("div.wrap__article-detail-info", "span.article-date"),
    author=("p.text-muted.mt-2.small", ".text-muted.mt-2.small", "p.text-muted.small"),
    author_pattern=r"(?:Pewarta|Oleh|Penulis)\s*:?\s*([^\n]+)",
    drop=(".baca-juga", ".text-muted", "[class*=ads]", ".blog-tags", ".quote_old"),
)
