"""The workbench: questions that people write in SQL, run safely against a generation."""
