"Training: a model from data, again for each seed, and whether it comes back as it was saved."
