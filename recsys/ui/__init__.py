"""What the pages share: the only part of the package, with the commands that serve, that knows Streamlit."""
