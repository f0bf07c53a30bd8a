"One run: its folder, its execution, its report."
