"""The compiled search: ruin and recreate with 2-opt* tails under simulated annealing."""
