"""Files in a request's own encrypted area: attestations, and whatever else may name the subject."""

from django.db import models


class SealedFile(models.Model):
    """One file under the request's key. `sealed` goes with the key; `digest` stays, and the ledger has it too.

    `name` is ours, never the uploader's: a file name can name a person.
    """

    request = models.ForeignKey("privacy_app.Request", on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    sealed = models.BinaryField(null=True)
    digest = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["request", "name"]
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="privacy_sealed_file_name")]

    def __str__(self) -> str:
        return self.name
