"""Where the composing pages are."""

from django.urls import path

from portal.pages import views
from portal.pages.help import views as help_pages
from portal.pages.search import views as search

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("help/", help_pages.index, name="help"),
    path("help/pictures/<slug:name>.png", help_pages.picture, name="guide-picture"),
    path("help/<path:key>/", help_pages.guide, name="guide"),
    path("search/", search.page, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("assets/", views.assets, name="assets"),
    path("assets/<int:pk>/", views.asset, name="asset"),
]
