"""The whole way on one machine: an outlet site of our own, crawled, scored and served."""
