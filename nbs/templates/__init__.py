"Templates and styles of the reports, shipped in the wheel as `lorasent.templates`."
