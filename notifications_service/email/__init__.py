"""E-mail: rows that are written beside the inbox, and the loop that sends them."""
