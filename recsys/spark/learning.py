"""The learned parts: ALS by Spark's own, the two towers by PyTorch in several processes, the reranker's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from pyspark.ml import recommendation
from pyspark.ml.torch.distributor import TorchDistributor
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from recsys.artifacts import store
from recsys.core.types import Arrays, Floats
from recsys.data.next_click import NextClickTasks
from recsys.engine.candidates import CandidateEngine
from recsys.errors import RecsysError
from recsys.ranking.training_set import TrainingSet
from recsys.retrieval.als import ALS, ALSSettings
from recsys.retrieval.live_articles import LiveArticles
from recsys.retrieval.two_tower.model import TrainedTowers
from recsys.retrieval.two_tower.retriever import TwoTower
from recsys.retrieval.two_tower.settings import TwoTowerSettings
from recsys.spark.layout import LaidOutLog, fetched
from recsys.spark.session import partitions
from recsys.training.examples import make_training_set


def fit_als(spark: SparkSession, settings: ALSSettings, log: LaidOutLog, live: LiveArticles) -> ALS:
    """Factorise who read what before ``live.moment``; visitors' factors stay on Spark, but for XᵀX."""
    trained = np.flatnonzero(live.clicks >= settings.min_clicks)
    wanted = spark.createDataFrame(pd.DataFrame({"item": trained.astype(np.int32)}))
    past = log.on(spark).filter(sql.col("time") < live.moment).select("user", "item").distinct()
    blocks = partitions(spark, len(log.clicks))
    model = recommendation.ALS(
        rank=settings.factors,
        maxIter=settings.iterations,
        regParam=settings.spark_regularization_per_click,
        alpha=settings.confidence - 1,
        implicitPrefs=True,
        userCol="user",
        itemCol="item",
        ratingCol="read",
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        seed=settings.seed,
    ).fit(past.join(sql.broadcast(wanted), "item").withColumn("read", sql.lit(1.0)))
    factors = np.zeros((len(log.articles) + 1, settings.factors), np.float32)
    found = fetched(model.itemFactors, log.folder)
    factors[found["id"]] = np.array(found["features"].tolist(), np.float32)
    gram = _gram(model.userFactors, settings.factors, log.folder)
    # Only products of the two sides are fitted, and Spark leaves visitors' factors the larger. At the optimum of our
    # own objective both have the same norm; how strongly λ holds back what is folded in later depends on it.
    share = np.float32(np.trace(gram) / np.sum(factors**2)) ** 0.25
    return ALS.start(settings, live, factors * share, gram / share**2)


def fit_two_tower(spark: SparkSession, settings: TwoTowerSettings, log: LaidOutLog, live: LiveArticles) -> TwoTower:
    """Train the towers on the clicks before ``live.moment``: every process has its share of the batches."""
    return _towers(spark, settings, log, live)


def refit_two_tower(spark: SparkSession, before: TwoTower, log: LaidOutLog, live: LiveArticles) -> TwoTower:
    """Let the towers go on with the clicks since they were trained."""
    return _towers(spark, before.settings, log, live, before.towers.all_weights, before.live.moment)


def _towers(
    spark: SparkSession,
    settings: TwoTowerSettings,
    log: LaidOutLog,
    live: LiveArticles,
    before: Arrays | None = None,
    since: int = 0,
) -> TwoTower:
    processes = min(settings.training.spark_processes, spark.sparkContext.defaultParallelism)
    distributor = TorchDistributor(num_processes=processes, local_mode=False, use_gpu=False)
    weights = distributor.run(_train_towers, settings, str(log.folder), live.moment, before, since)
    if weights is None:
        raise RecsysError("The towers' processes ended without weights; Spark's log says why.")
    trained = TrainedTowers.start(settings, log.articles, cast(Arrays, weights))
    return TwoTower.around(trained, log.for_fitting(live.moment), live)


def training_set(spark: SparkSession, engine: CandidateEngine, tasks: NextClickTasks, work: Path) -> TrainingSet:
    """``make_training_set`` for stretches of time: each executor opens the engine as a set, and moves its own clock."""
    folder = work / f"engine-{engine.start.time}"
    store.save_candidates(folder, engine)
    names = [column.name for column in engine.ensemble.features]
    cuts = np.array_split(np.arange(len(tasks)), spark.sparkContext.defaultParallelism)
    stretches = [tasks.rows(cut).alone() for cut in cuts]
    task = partial(_training_rows, folder=folder, stretches=stretches)
    schema = ", ".join(["stretch int", "task int", "clicked int", *(f"`{name}` float" for name in names)])
    found = fetched(spark.range(0, len(stretches), 1, len(stretches)).mapInPandas(task, schema), work)
    found = found.sort_values(["stretch", "task"], kind="stable")
    _, sizes = np.unique(found[["stretch", "task"]].to_numpy(), axis=0, return_counts=True)
    features, clicked = found[names].to_numpy(np.float32), found["clicked"].to_numpy(np.int32)
    return TrainingSet(features, clicked, sizes, engine.ensemble.settings.training_set.negative_share)


@lru_cache(maxsize=1)
def _opened(folder: Path) -> CandidateEngine:
    """A set's engine; a process of Spark's serves many tasks."""
    return store.load_candidates(folder)


def _gram(factors: DataFrame, size: int, work: Path) -> Floats:
    """XᵀX, from one such matrix for each batch of visitors."""

    def of_batches(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            x = np.array(batch["features"].tolist(), np.float32).reshape(-1, size)
            yield pd.DataFrame({"gram": [(x.T @ x).ravel().tolist()]})

    grams = fetched(factors.mapInPandas(of_batches, "gram array<float>"), work)["gram"]
    total = np.sum(np.array(grams.tolist(), np.float64), axis=0)
    return total.reshape(size, size).astype(np.float32)


def _train_towers(settings: TwoTowerSettings, folder: str, moment: int, before: Arrays | None, since: int) -> Any:
    import torch
    from torch import distributed

    from recsys.retrieval.two_tower.training import train

    torch.set_num_threads(1)
    distributed.init_process_group("gloo")
    rank, processes = distributed.get_rank(), distributed.get_world_size()

    def average(weights: Iterable[torch.Tensor]) -> None:
        for weight in weights:
            if weight.grad is not None:
                distributed.all_reduce(weight.grad)
                weight.grad /= processes

    log = LaidOutLog.open(Path(folder)).for_fitting(moment)
    weights = train(
        settings,
        log,
        lambda _: None,
        before=before,
        since=since,
        rank=rank,
        processes=processes,
        average=average,
    )
    distributed.destroy_process_group()
    return weights


def _training_rows(
    batches: Iterator[pd.DataFrame], folder: Path, stretches: list[NextClickTasks]
) -> Iterator[pd.DataFrame]:
    engine = _opened(folder)
    names = [column.name for column in engine.ensemble.features]
    for batch in batches:
        for number in batch["id"].tolist():
            found = make_training_set(engine, stretches[number], lambda _: None)
            task = np.repeat(np.arange(len(found.sizes), dtype=np.int32), found.sizes)
            columns = {"stretch": np.int32(number), "task": task, "clicked": found.clicked}
            yield pd.DataFrame(columns | dict(zip(names, found.features.T, strict=True)))
