"""How good the answers are: which requests are asked, and how the answers are measured."""
