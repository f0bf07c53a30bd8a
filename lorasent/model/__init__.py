"What is trained and used: encoder, adapter, training, prediction."
