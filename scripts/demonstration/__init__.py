"""The demonstration: two schools on loopback, sample people, the main journey by forms."""
