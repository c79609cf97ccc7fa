"""What the ensemble is measured against: retrievers like its own, each faithful to its source."""
