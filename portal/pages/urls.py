"""Where the composing pages are."""

from django.urls import path

from portal.pages import views
from portal.pages.search import views as search

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("help/", views.help_page, name="help"),
    path("search/", search.page, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("assets/", views.assets, name="assets"),
    path("assets/<int:pk>/", views.asset, name="asset"),
]
