"""These rules check that the calls of programs, as known from their settings, reach their destination."""
