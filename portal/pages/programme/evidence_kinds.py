"""What the ledger keeps of the programme's files."""

from portal.core.evidence.kinds import declare

EXPORTED = declare(
    "programme:tree:exported",
    fields=("tree", "files"),
    sentence="{actor} took the programme's {files} files out; together they are {tree}.",
)
IMPORTED = declare(
    "programme:tree:imported",
    fields=("tree", "files", "created", "changed", "kept", "refused"),
    sentence="{actor} took {files} files of the programme in: {created} created, {changed} changed, {kept} kept, "
    "{refused} refused.",
)
