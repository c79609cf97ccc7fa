"""What a package with a retriever of its own tests it with."""
