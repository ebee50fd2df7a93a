"""`/admin/email`: correct one address, decide requests, import lists, set the policy, manage API tokens."""
