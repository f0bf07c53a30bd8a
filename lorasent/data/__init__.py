"What is learned from: labelled text from anywhere, checked, as train, validation and test rows."
