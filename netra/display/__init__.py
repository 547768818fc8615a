"""What a person sees of crawls while they run: `with live_board(engine, slugs) as board: board.refresh()`."""

from netra.display.board import Board, live_board

__all__ = ["Board", "live_board"]
