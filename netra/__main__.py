"""`python -m netra`, for programs that start netra with their own interpreter."""

from netra.cli import main

main()
