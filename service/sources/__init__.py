"""What is read, and how well."""
