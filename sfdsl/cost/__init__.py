"""What a workflow costs, and how to make it cost less: prices, estimate, rewrites, Express children, right-sizing."""
