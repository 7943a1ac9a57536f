"""The workbench page, part by part: the text being written, its parameters, its run, its answer, its file, its metric."""
