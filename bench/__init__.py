"""Proofs that can be run: the demo, the benchmarks, and the stage they play on."""
