"""The letters: their texts, which staff edit, and those that wait for the post."""

from django.urls import path

from privacy_app.views import posting, texts

urlpatterns = [
    path("texts/", texts.texts, name="texts"),
    path("texts/<slug:kind>/", texts.text, name="text"),
    path("texts/<slug:kind>/built-in/", texts.restore, name="text-restore"),
    path("letters/", posting.letters, name="letters"),
    path("letters/<int:pk>/", posting.letter, name="letter"),
]
