"""Orders and prebooks: placed, judged, approved, carried over to the vendor (domain 5, 8)."""
