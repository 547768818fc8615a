"""Cases for other agencies' systems: pulled by token and cursor, signed, and received beside one's own."""
