"""MySAPK Web: account activation, login and self-service personnel data for civil servants."""
