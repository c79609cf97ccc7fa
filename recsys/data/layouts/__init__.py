"""Layouts of logs, a file of settings each; a module of the same name unfolds lists."""
