"""Reports that take their time: asked for, made by the worker, downloaded."""
