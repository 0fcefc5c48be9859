"""The rules of the gate: plain functions over facts, with no clock, database or network of their own."""
