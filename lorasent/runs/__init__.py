"One run and many: the folder, its execution, its report."
