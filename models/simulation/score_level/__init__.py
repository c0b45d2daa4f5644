"""An organisation that writes scores instead of words: quick enough to play hundreds of years."""
