"""The addresses that older systems used for accounts, with the bodies that their clients send."""
