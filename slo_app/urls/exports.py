"""SLOs as code, and as files."""

from django.urls import path

from ..api import exports as api_exports
from ..views import exports

urlpatterns = [
    path("code/", exports.index, name="as-code"),
    path("<int:pk>/code/", exports.code, name="code"),
    path("export/<slug:form>/", exports.download, name="export"),
]
api_urlpatterns = [path("slos/export/<slug:form>", api_exports.export, name="slos-export")]
