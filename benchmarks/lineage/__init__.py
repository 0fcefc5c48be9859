"""What the benchmarks of the projector share: events that look real, and the projector as a process of its own."""
