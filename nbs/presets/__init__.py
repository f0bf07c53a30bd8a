"Presets: a YAML file each, shipped in the wheel as `lorasent.presets`."
