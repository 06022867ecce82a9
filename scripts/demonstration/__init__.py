"""The demonstration: hubs and schools on loopback, sample people, the journeys by forms."""
