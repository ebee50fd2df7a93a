"""Mail: queue, rendering, SMTP and other transports."""
