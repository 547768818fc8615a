"""An archive through one artifact: database or Parquet, in units that many processes take, on one machine or on many."""
