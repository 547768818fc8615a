"""What a process reads once and the first page would wait for: words, templates of daily work, the stemmer's dictionary."""

from jinja2 import Environment

from models.queue.offices import read_offices
from models.queue.words import words_of
from service.language import LANGUAGES, plain_texts

DAILY = ("base.html", "review/", "corrections/_notes.html")


def warm_up(environment: Environment) -> None:
    for code in LANGUAGES:
        plain_texts(code)
    for name in environment.list_templates(filter_func=lambda name: name.startswith(DAILY)):
        environment.get_template(name)
    read_offices()
    words_of("pemilihan")
