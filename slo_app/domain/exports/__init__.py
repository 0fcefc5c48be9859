"""An SLO written in the words of others: OpenSLO, Sloth, PromQL, Markdown, and our own contracts."""
