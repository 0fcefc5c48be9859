"""The Open Data Contract Standard (Bitol, LF AI & Data), 3.0 to 3.2, to the house format and back without loss.

`lens` holds the promise: export then import gives the same canonical hash, import then export the same document. The
other modules map one part each, in both directions; what a part has no word for travels as a customProperty named
`custody.…` (to ODCS) or under `extensions.odcs` (from ODCS).
"""
