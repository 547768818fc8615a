"""Cases: leads grouped, what is still missing, what the institutions did, and the dossier."""
