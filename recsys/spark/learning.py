"""The learned parts: ALS by Spark's own, the two towers by PyTorch in several processes, the reranker's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from pyspark.ml import recommendation
from pyspark.ml.torch.distributor import TorchDistributor
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from recsys import store
from recsys.domain import Floats
from recsys.engine import Engine
from recsys.errors import RecsysError
from recsys.evaluation.requests import Questions
from recsys.ranking.rows import Rows, training_rows
from recsys.retrieval import als
from recsys.retrieval.als import ALS
from recsys.retrieval.base import Arrays
from recsys.retrieval.live import LiveArticles
from recsys.spark.layout import LaidOutLog, fetched
from recsys.spark.session import partitions

if TYPE_CHECKING:
    from torch import Tensor

TOWER_PROCESSES = 2
REGULARIZATION_PER_CLICK = 0.1
"""Spark multiplies ALS's regularization by a visitor's or an article's number of clicks (ALS-WR), so that it is another
number than ours. On tuning questions of the simulated log and of eight real days, this one comes closest to ours."""


def fit_als(spark: SparkSession, log: LaidOutLog, live: LiveArticles) -> ALS:
    """Factorise who read what before ``live.moment``; visitors' factors stay on Spark, but for XᵀX."""
    trained = np.flatnonzero(live.clicks >= als.LEAST_CLICKS)
    wanted = spark.createDataFrame(pd.DataFrame({"item": trained.astype(np.int32)}))
    past = log.on(spark).filter(sql.col("time") < live.moment).select("user", "item").distinct()
    blocks = partitions(spark, len(log.clicks))
    model = recommendation.ALS(
        rank=als.FACTORS,
        maxIter=als.ITERATIONS,
        regParam=REGULARIZATION_PER_CLICK,
        alpha=als.CONFIDENCE - 1,
        implicitPrefs=True,
        userCol="user",
        itemCol="item",
        ratingCol="read",
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        seed=als.SEED,
    ).fit(past.join(sql.broadcast(wanted), "item").withColumn("read", sql.lit(1.0)))
    factors = np.zeros((len(log.articles) + 1, als.FACTORS), np.float32)
    found = fetched(model.itemFactors, log.folder)
    factors[found["id"]] = np.array(found["features"].tolist(), np.float32)
    gram = _gram(model.userFactors, log.folder)
    # Only products of the two sides are fitted, and Spark leaves visitors' factors the larger. At the optimum of our
    # own objective both have the same norm; how strongly λ holds back what is folded in later depends on it.
    share = np.float32(np.trace(gram) / np.sum(factors**2)) ** 0.25
    return ALS.start(live, factors * share, gram / share**2)


def train_towers(spark: SparkSession, log: LaidOutLog, moment: int) -> Arrays:
    """The towers' weights, from the clicks before a moment: every process has its share of the batches."""
    processes = min(TOWER_PROCESSES, spark.sparkContext.defaultParallelism)
    distributor = TorchDistributor(num_processes=processes, local_mode=False, use_gpu=False)
    weights = distributor.run(_train_towers, str(log.folder), moment)
    if weights is None:
        raise RecsysError("The towers' processes ended without weights; Spark's log tells why.")
    return cast(Arrays, weights)


def rows(spark: SparkSession, engine: Engine, asked: Questions, features: tuple[str, ...], work: Path) -> Rows:
    """``training_rows`` of stretches of time: each executor opens the engine as a set, and moves its own clock."""
    folder = work / f"engine-{engine.start.time}"
    store.save_unranked(folder, engine)
    cuts = np.array_split(np.arange(len(asked)), spark.sparkContext.defaultParallelism)
    stretches = [asked.rows(cut).alone() for cut in cuts]
    task = partial(_rows, folder=folder, stretches=stretches, features=features)
    schema = ", ".join(["stretch int", "question int", "clicked int", *(f"`{name}` float" for name in features)])
    found = fetched(spark.range(0, len(stretches), 1, len(stretches)).mapInPandas(task, schema), work)
    found = found.sort_values(["stretch", "question"], kind="stable")
    _, sizes = np.unique(found[["stretch", "question"]].to_numpy(), axis=0, return_counts=True)
    return Rows(found[list(features)].to_numpy(np.float32), found["clicked"].to_numpy(np.int32), sizes)


@lru_cache(maxsize=1)
def opened(folder: Path, *, ranked: bool) -> Engine:
    """A set's engine; a process of Spark's serves many tasks."""
    return store.load(folder, ranked=ranked).engine


def _gram(factors: DataFrame, work: Path) -> Floats:
    """XᵀX, from one such matrix for each batch of visitors."""

    def of_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            x = np.array(batch["features"].tolist(), np.float32).reshape(-1, als.FACTORS)
            yield pd.DataFrame({"gram": [(x.T @ x).ravel().tolist()]})

    grams = fetched(factors.mapInPandas(of_batches, "gram array<float>"), work)["gram"]
    total = np.sum(np.array(grams.tolist(), np.float64), axis=0)
    return total.reshape(als.FACTORS, als.FACTORS).astype(np.float32)


def _train_towers(folder: str, moment: int) -> Any:
    import torch
    from torch import distributed

    from recsys.retrieval.two_tower_training import train

    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    processes = distributed.get_world_size()

    def average(weights: Iterable[Tensor]) -> None:
        for weight in weights:
            if weight.grad is not None:
                distributed.all_reduce(weight.grad)
                weight.grad /= processes

    log = LaidOutLog.open(Path(folder)).for_fitting(moment)
    weights = train(log, lambda _: None, rank=distributed.get_rank(), processes=processes, average=average)
    distributed.destroy_process_group()
    return weights


def _rows(
    batches: Iterator[pd.DataFrame], folder: Path, stretches: list[Questions], features: tuple[str, ...]
) -> Iterator[pd.DataFrame]:
    engine = opened(folder, ranked=False)
    for batch in batches:
        for number in batch["id"].tolist():
            found = training_rows(engine, stretches[number], features, lambda _: None)
            question = np.repeat(np.arange(len(found.sizes), dtype=np.int32), found.sizes)
            columns = {"stretch": np.int32(number), "question": question, "clicked": found.clicked}
            yield pd.DataFrame(columns | dict(zip(features, found.features.T, strict=True)))
