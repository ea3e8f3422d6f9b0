"""What readers search in. Stories themselves are the newsroom's."""

from django.db import models

from broadsheet.newsroom.models import StoryPage


class SearchText(models.Model):
    """The words of one live story, as the search sees them.

    The full-text indexes are built from these rows by the database itself
    (``broadsheet.edition.services.search.tables``), so that rows and index never differ.
    ``broadsheet.edition.services.search.index`` writes the rows.
    """

    # Grows with the moment of publication: newest first is the order of the index.
    number = models.BigAutoField(primary_key=True)
    story = models.OneToOneField(StoryPage, models.CASCADE, related_name="+")
    headline = models.TextField()
    standfirst = models.TextField()
    # Whom the bylines name, the topics and the dateline.
    names = models.TextField()
    words = models.TextField()
    # The keys of the lists it stands in, and its access level: ``all s12 t5 a7 l0``.
    marks = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.story_id}: {self.headline}"


class OpenText(SearchText):
    """What everybody may read of a story: every word of a free one, the teaser of others."""


class FullText(SearchText):
    """Every word of a story that isn't free. Never looked at for somebody without access."""


class StoryHour(models.Model):
    """How often a story was opened whole within an hour, by anybody (broadsheet.edition.most_read)."""

    story = models.ForeignKey(StoryPage, models.CASCADE, related_name="+")
    hour = models.DateTimeField()  # its beginning
    opens = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="story_hour_once", fields=["story", "hour"])]
        indexes = [models.Index(fields=["hour"], name="story_hour")]

    def __str__(self) -> str:
        return f"{self.story_id} at {self.hour:%Y-%m-%d %H}: {self.opens}"


class MostRead(models.Model):
    """The stories that were opened most in the last day, by their rank from 1."""

    rank = models.PositiveSmallIntegerField(primary_key=True)
    story = models.OneToOneField(StoryPage, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.rank}: {self.story_id}"
