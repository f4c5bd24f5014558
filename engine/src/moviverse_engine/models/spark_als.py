"""iALS trained by Spark's MLlib, on one machine or many; it is saved and asked without Spark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse_engine import EngineError
from moviverse_engine.interactions import parquet, silent
from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.ials import IALS, IALSConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from moviverse_engine.interactions import IdMap, Interactions, Progress

DEFAULTS = {"alpha0": 0.3, "frequency": "likes", "iterations": 10, "l2": 0.05, "nu": 1.0}
_OLDEST_JAVA = 17


class SparkMissing(EngineError):
    """Spark, or the Java that it runs on, is not installed."""


class SparkFailed(EngineError):
    """Spark could not be started, or gave up."""


class OtherData(EngineError):
    """A Parquet file was exported from other ratings than those given."""


@dataclass(frozen=True)
class Spark:
    """Say where Spark runs.

    Attributes:
        master: "local[2]", or a cluster's "spark://host:7077", "yarn", "k8s://...".
        parquet: the ratings, exported, in a folder that all machines of a cluster see and may
            write to; None exports them to a temporary file on this machine.
        driver_memory: the most that the driver's Java may take; on one machine, all of Spark's.
    """

    master: str = "local[2]"
    parquet: Path | None = None
    driver_memory: str = "2g"


def require(config: IALSConfig) -> None:
    """Refuse what cannot be trained on Spark, before anything else is done.

    Raises:
        SparkMissing: the message says what to install.
        InvalidConfig: MLlib does not minimise that.
    """
    if not (find_spec("pyspark") and find_spec("pyarrow")):
        raise SparkMissing('Spark is not installed: pip install "moviverse-engine[spark]"')
    if _java_version() < _OLDEST_JAVA:
        raise SparkMissing("Spark needs Java 17 or later, on the PATH or in JAVA_HOME.")
    if config.frequency != "likes" or config.nu != 1:
        raise InvalidConfig("MLlib's ALS has frequency=likes and nu=1 alone.")


def fit(
    config: IALSConfig,
    interactions: Interactions,
    items: IdMap,
    *,
    spark: Spark,
    seed: int,
    progress: Progress = silent,
) -> IALS:
    """Train iALS by MLlib's ALS and return the model that serves it.

    MLlib minimises the sum over all pairs of c (p - w^T v)^2, where a like has p = 1 and
    c = 1 + alpha and all else p = 0 and c = 1, plus regParam |I_u| |w_u|^2 for every person and
    the same for every item. With alpha = 1 / alpha0, regParam = lambda (1 + alpha) and factors
    multiplied by sqrt(1 + alpha0) it is (1 + alpha) (1 + alpha0) times the objective of `IALS` with
    nu = 1 and the frequency of likes, so that folding in finds what MLlib would have found.

    Args:
        config: has nu = 1 and the frequency "likes".
        interactions: who rated what.
        items: the columns of the model, those of the interactions first.
        spark: where it runs.
        seed: of MLlib's first factors.
        progress: hears of the progress; may raise to stop. Spark is stopped in any case.

    Raises:
        SparkMissing, InvalidConfig: as `require` says.
        OtherData: `spark.parquet` holds other ratings.
        SparkFailed: Spark could not be started, or gave up.
    """
    require(config)
    if not bool(np.any(interactions.ratings >= config.like_threshold)):
        nobody = np.empty(0, dtype=np.int64)
        return IALS.of_factors(config, items, nobody, np.empty((0, 0), dtype=np.float32))
    with _scratch(spark) as scratch:
        path = spark.parquet or _exported(interactions, scratch, progress)
        if parquet.fingerprint(path) != interactions.fingerprint:
            raise OtherData(f"{path} was exported from other ratings than these.")
        progress(0.1, "Spark starts.")
        with _session(spark) as session:
            progress(0.2, "Spark trains.")
            columns, V = _item_factors(session, path, scratch, config, seed)
    progress(0.95, "Spark has trained.")
    return IALS.of_factors(config, items, columns, V / np.float32(np.sqrt(1 + config.alpha0)))


@contextmanager
def _scratch(spark: Spark) -> Iterator[Path]:
    """Make a folder for checkpoints, beside the Parquet file where all machines see it."""
    beside = None if spark.parquet is None else spark.parquet.parent
    with tempfile.TemporaryDirectory(prefix=".moviverse-spark-", dir=beside) as folder:
        yield Path(folder)


def _exported(interactions: Interactions, folder: Path, progress: Progress) -> Path:
    path = folder / "ratings.parquet"
    parquet.write(interactions, path, progress=lambda part, text: progress(0.1 * part, text))
    return path


@contextmanager
def _session(spark: Spark) -> Iterator[Any]:
    """Start a quiet session that listens to nobody else, and stop it whatever happens."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra

    builder = (
        SparkSession.builder.master(spark.master)
        .appName("moviverse-engine")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.log.level", "ERROR")
        .config("spark.driver.memory", spark.driver_memory)
    )
    if spark.master.startswith("local"):
        builder = (
            builder.config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
        )
    session = None
    try:
        session = builder.getOrCreate()
        yield session
    except (Py4JError, PySparkException) as error:
        reason = str(error).strip().splitlines()[0]
        raise SparkFailed(f"Spark gave up: {reason}") from error
    finally:
        if session is not None:
            session.stop()


def _item_factors(
    session: Any, path: Path, scratch: Path, config: IALSConfig, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the rows of the items that somebody likes, ascending, and MLlib's factors of them."""
    from pyspark.ml.recommendation import ALS  # noqa: PLC0415 - an extra
    from pyspark.sql import functions  # noqa: PLC0415 - an extra

    # Without a checkpoint now and then the chain of what to compute outgrows Java's stack.
    session.sparkContext.setCheckpointDir(scratch.resolve().as_uri())
    blocks = max(session.sparkContext.defaultParallelism, 2)
    alpha = 1 / config.alpha0
    als = ALS(
        rank=config.factors,
        maxIter=config.iterations,
        regParam=config.l2 * (1 + alpha),
        alpha=alpha,
        implicitPrefs=True,
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        userCol="user_row",
        itemCol="item_row",
        ratingCol="like",
        seed=seed,
    )
    ratings = session.read.parquet(path.resolve().as_uri())
    likes = ratings.where(functions.col("rating") >= config.like_threshold).select(
        "user_row", "item_row", functions.lit(1.0).cast("float").alias("like")
    )
    found = als.fit(likes).itemFactors.toArrow().combine_chunks()
    columns = np.asarray(found["id"].to_numpy(), dtype=np.int64)
    values = found["features"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    order = np.argsort(columns)
    return columns[order], values.astype(np.float32).reshape(len(columns), config.factors)[order]


def _java_version() -> int:
    """Return the major version of the Java that Spark would start, 0 where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        return 0
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0
