"""What if: plans of a day, changed in forms, tried out by the worker, shown beside one another."""
