"""What can go wrong in the classifier, as one family."""


class ClassifierError(Exception):
    """Base of every error that a user of the classifier can mend."""


class ConfigError(ClassifierError):
    """A configuration that says too little, too much or something else."""


class CorpusError(ClassifierError):
    """A corpus file that cannot be read as it stands; the message names file and line."""


class ArtifactError(ClassifierError):
    """An artifact that is missing, half-written, altered or of another format."""


class InputError(ClassifierError):
    """A line or object that is not a text to classify."""


class RegistryError(ClassifierError):
    """An artifact that is not registered, is not the only one meant, or is in no state for what was asked."""


class GoldenError(ClassifierError):
    """A golden item that cannot be added or removed as asked."""


class GoldenGateRefused(ClassifierError):
    """A candidate that decides the golden items worse than the live artifact does."""


class EncoderError(ClassifierError):
    """An encoder, or what was learned from one, that is missing, broken, altered or of another make."""


class TooManyAside(ClassifierError):
    """An artifact that breaks on text after text."""
