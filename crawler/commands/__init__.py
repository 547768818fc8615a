"""Scrapy's commands, where ours say more than Scrapy's own."""
