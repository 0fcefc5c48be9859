"""The estate's pipelines: plain functions that move data and tell the portal over HTTP what they did."""
