"""The edge middleware, its cookies, and routes of sessions."""
