"""Facts about AWS as data with sources, and look-ups in them; nothing here knows pipelines or machines."""
