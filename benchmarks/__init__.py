"""Benchmarks behind every figure of `docs/evidence.md`."""
