"""A change of one file as a patch that `git apply` takes: the unified format, with git's words for its odd ends.

Source: the format that `git diff` writes. Only LF ends a line, so that a CR or a Unicode line separator inside a line
stays in it; a file that ends without LF says so.
"""

from __future__ import annotations

import re
from difflib import unified_diff

_END = "\n\\ No newline at end of file\n"
_PATH = re.compile(r"[A-Za-z0-9_@+.-]+(?:/[A-Za-z0-9_@+.-]+)*")


def git_patch(path: str, old: str | None, new: str) -> str:
    """The patch that turns `old` into `new`; `old` is None where the file is new, and an unchanged file gives ''.

    Raises ValueError for a path that is not a plain relative one.

    >>> print(git_patch("c.yaml", "a\\n", "b\\n"), end="")
    diff --git a/c.yaml b/c.yaml
    --- a/c.yaml
    +++ b/c.yaml
    @@ -1 +1 @@
    -a
    +b
    """
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError("The path must be relative, of letters, digits and . _ - + @, without `..`.")
    if old == new or (old is None and not new):
        return ""
    head = f"diff --git a/{path} b/{path}\n" + ("new file mode 100644\n" if old is None else "")
    names = ("/dev/null" if old is None else f"a/{path}", f"b/{path}")
    lines = unified_diff(_lines(old or ""), _lines(new), *names, n=3)
    return head + "".join(line if line.endswith("\n") else line + _END for line in lines)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
