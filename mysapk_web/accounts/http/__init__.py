"""The gate and its cookies."""
