"""Message templates, the outbox dispatcher and the transports."""
