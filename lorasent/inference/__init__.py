"Trained models at work: loaded, asked, exported."
