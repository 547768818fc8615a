"""What monitors and analysts hold, into items: tables, chats, pages, archives, pasted texts and screenshots."""
