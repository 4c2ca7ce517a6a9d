"""What authors hold: pipelines, steps, policies and references; `lower` turns them into the model."""
