"""Finding pages: spiders find, pages read, pipelines store."""
