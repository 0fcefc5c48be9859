"""The made-up company's data: an OLTP database, a lake, a feature store and a vector index, all real."""
