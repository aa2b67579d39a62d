"""The OR-Tools `RoutingModel`, built rule by rule."""
