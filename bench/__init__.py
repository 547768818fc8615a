"""What is promised, measured: `make bench EVAL=folder` rewrites the pages of numbers in docs/.

`contents` lists the pages; `pages` has a file for each, which says what stands around its tables. What fills them is
measured in `classifier`, `crawler`, `room` (the review room over HTTP), `workers`, `soak` (an hour of everything at once)
and `first_page`, each of which is a command of its own too.
"""
