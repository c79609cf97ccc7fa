"""Item-to-item collaborative filtering: decayed co-visitation, and session kNN."""
