"Papermill notebooks: read and edited here, shipped in the wheel as `lorasent.pipelines`."
