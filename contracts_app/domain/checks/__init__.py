"""What a contract test looks at and how it judges: columns, types and rules of one dataset, as pure functions."""
