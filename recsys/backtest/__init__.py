"""The protocols, run on a click log: the ensemble, each retriever alone, and the baselines beside them."""
