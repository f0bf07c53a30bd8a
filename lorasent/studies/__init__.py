"Many runs: sweeps, searches, comparisons."
