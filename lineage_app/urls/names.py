"""Addresses of names: what datasets are called, what they are, who owns them, and what people declare of them."""

from django.urls import path

from lineage_app.views import adoption, declaring, merging, names, node_types

pages = [
    path("datasets/<int:pk>/adopt/", adoption.adoption, name="adopt"),
    path("datasets/<int:pk>/merge/", merging.merging, name="merge"),
    path("datasets/<int:pk>/declare/", declaring.declaring, name="declare"),
    path("datasets/<int:pk>/type/", node_types.override, name="type"),
    path("names/", names.names, name="names"),
    path("names/claim/", adoption.claiming, name="claim"),
    path("names/types/", node_types.rules, name="node-types"),
    path("names/declarations/<int:pk>/withdraw/", declaring.withdrawing, name="declaration-withdraw"),
    path("names/rules/add/", names.add, name="rewrite-add"),
    path("names/rules/<int:pk>/", names.rule, name="rewrite"),
    path("names/rules/<int:pk>/remove/", names.remove, name="rewrite-remove"),
    path("names/merges/<int:pk>/undo/", merging.parting, name="merge-undo"),
]
