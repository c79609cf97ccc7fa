"""Libraries that people would pick instead: each as its own documents, in an environment of its own."""
