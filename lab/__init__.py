"""The embedded AWS: an organization in moto, and a scene per kind of resource."""
