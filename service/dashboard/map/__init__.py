"""A map of the provinces from a GeoJSON of the house's choice. `netra map load` reads it once; pages draw what that kept."""
