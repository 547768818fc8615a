"""Jobs that come round by themselves, defined once: on one machine under `netra up`, on many under `netra worker`."""
