"""What can go wrong in the classifier, as one family."""


class ClassifierError(Exception):
    """Base of every error that a user of the classifier can mend."""


class ConfigError(ClassifierError):
    """A configuration that says too little, too much or something else."""


class CorpusError(ClassifierError):
    """A corpus file that cannot be read as it stands; the message names file and line."""


class StemmerError(ClassifierError):
    """The stemmer's slow namesake is installed, or none."""


class ArtifactError(ClassifierError):
    """An artifact that is missing, half-written, altered or of another format."""


class InputError(ClassifierError):
    """A line or object that is not a text to classify."""
