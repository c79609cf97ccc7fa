"""What a site wants of a list besides relevance, applied after the reranker, in one place."""
