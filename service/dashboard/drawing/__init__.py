"""From numbers to places on paper: pure functions, no words and no colours."""
