"""The sites of Bawaslu's regency offices: one Drupal profile for all of them."""

from crawler.pages.base import Layout

LAYOUT = Layout(
    "bawaslu",
    title=("h1.page-header", "h1.page-title", "h1 span.field--name-title"),
    body=("article.node div.field--name-body", "div.field--name-body"),
    date=("span.field--name-created", "div.submitted", "article.node time"),
    author=("div.field--name-field-penulis .field__item",),
    drop=(".field--name-field-tags", ".addtoany_list", ".field--name-field-foto", ".links"),
)
