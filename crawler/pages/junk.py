"""Names of classes and ids under which pages keep what is around an article: comments, shares, related lists, banners."""

import re
from functools import lru_cache

JUNK = re.compile(
    r"""(?:^|[\s_-])(?:
      komentar | comments? | disqus | respond | related\w* | terkait | (?:baca|lihat|simak|tonton)[_-]?juga\w* | also
        | more-?news
    | rekomendasi | recommend\w* | terpopuler | popul(?:e|a)r\w* | trending | terbaru | terkini | latest
    | shar(?:e|ing)\w* | sosmed | socmed | soc(?:ial)?-?(?:media|share|btn|icons?|links?) | socials? | addthis\w*
      | addtoany\w* | sharedaddy | jp-relatedposts
    | breadcrumbs? | side | side-?bar\w* | kanan | right-?(?:col\w*|side\w*|content) | footer\w* | navbar | navigation
      | menu | newsletter | subscri\w+ | langganan
    | ads? | adsense | adsbygoogle | advert\w* | iklan\w* | banner\w* | sponsor\w* | promo | taboola\w* | outbrain\w*
      | parallax\w*
    | popup | modal | cookies? | gdpr | tags? | tag-?(?:list|cloud|article\w*|wrap\w*|links) | tagcloud | hashtags? | topics?
    | paging | pagination | pager | page-?numbers? | post-?nav\w* | author-?(?:box|bio|card) | copyright | disclaimer
    | widget\w* | caption\w* | wp-caption-text | photo-?credit | credits? | login | signup | search\w* | rating | polling
    )(?:$|[\s_-]|\d)""",
    re.I | re.X,
)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
LONGEST_NAME = 300
"""Characters of a class or id that are looked at."""


def is_junk_name(name: str) -> bool:
    """Whether a class or id says that its element is no part of an article.

    >>> is_junk_name("relatedNews"), is_junk_name("post-content")
    (True, False)
    """
    return _is_junk(name[:LONGEST_NAME])


@lru_cache(maxsize=4096)
def _is_junk(name: str) -> bool:
    return JUNK.search(CAMEL.sub("-", name)) is not None
