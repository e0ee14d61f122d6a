"""History: a change that was made is taken back."""
