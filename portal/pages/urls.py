"""Where the composing pages are."""

from django.urls import path

from portal.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("assets/", views.assets, name="assets"),
    path("assets/<int:pk>/", views.asset, name="asset"),
]
