"""The download of `lineage/graph.md`, all declared flows in one file."""

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from lineage_app.selectors.graph_file import graph_file
from portal.core.clock.services import now
from portal.core.identity.access import requires
from portal.core.identity.policies import Act


@requires(Act.READ)
@require_GET
def graph_md(request: HttpRequest) -> StreamingHttpResponse:
    """Answer the file as it is made, flow by flow."""
    site = request.build_absolute_uri("/").rstrip("/")
    answer = StreamingHttpResponse(graph_file(now(), site=site), content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="graph.md"'
    return answer
