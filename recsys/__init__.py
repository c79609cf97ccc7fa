"""A hybrid news recommender that runs in one process and shows every stage of an answer."""

from recsys.core import process

process.prepare()
