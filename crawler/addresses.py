"""Addresses as crawlers need them. The rules stand in models: a tip of the public and a page become one item by the same ones."""

from models.addresses import ARTICLE_END, PAGE_PARAMETER, KnownHosts, canonical_url, is_on_hosts, is_web_url, key_of, own_address

__all__ = ["ARTICLE_END", "PAGE_PARAMETER", "KnownHosts", "canonical_url", "is_on_hosts", "is_web_url", "key_of", "own_address"]
