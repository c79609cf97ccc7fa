"""From a request to an answer: the one way that pages, API, command line, training and backtest share."""
