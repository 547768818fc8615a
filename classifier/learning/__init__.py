"""What keeps the classifier honest after its training: draws to read, recall from them, suspicious labels, drift."""
