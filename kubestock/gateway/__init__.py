"""Kong, DB-less: routes, upstreams, consumers and plugins as values, and the one file that Kong reads."""
