"""From candidates to a list: the pool, its features, the reranker."""
