"""The articles and sections that a policy names, as the engine knows them."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.core.types import PAD
from recsys.data.articles import Articles
from recsys.data.dataset_settings import DatasetSettings
from recsys.data.names import Id, Names
from recsys.errors import InputError


@dataclass(frozen=True)
class Catalogue:
    """Looks up what policies name by the log's own ids, codes and names."""

    articles: Articles
    names: Names
    dataset: DatasetSettings

    def item(self, article: Id) -> int:
        """The index of an article.

        Raises:
            InputError: the set does not have it.
        """
        item = int(self.articles.index(self.names.article_number(article)))
        if item == PAD:
            raise InputError(f"The policy names the article {article!r}, which this set does not have.")
        return item

    def section(self, section: int | str) -> int:
        """The code of a section, by its code or its name.

        Raises:
            InputError: the dataset has no section of that name.
        """
        return section if isinstance(section, int) else self.dataset.code("section", section)
