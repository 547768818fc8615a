"""Labels in and out: files of people and of their annotation programs, and the texts that training reads."""
