"How good, how sure, compared with what: scores, baselines, figures."
