"""What one assessment says of its text, in the classes that the classifier knows."""

from classifier.classes import ACTS
from models import Answer, Assessment, NoViolationReason, Outcome

LABEL_OF_REASON = {
    NoViolationReason.APPEAL: "imbauan",
    NoViolationReason.EXPLAINER: "aturan",
    NoViolationReason.ALLOWED: "diperbolehkan",
    NoViolationReason.MEANINGLESS_SIGN: "tidak_terbukti",
    NoViolationReason.SATIRE: "tidak_terbukti",
    NoViolationReason.IRRELEVANT: "lain",
}
"""OLD has none: the text shows an act, only not a new one. NOT_ASN is answered by `_label_other_actor`."""
OTHER_ACTORS = ("kepala_desa", "tni_polri", "honorer", "mantan_asn", "penyelenggara", "pejabat_politik")


def label_of(assessment: Assessment, predicted: str | None) -> str | None:
    """The class that an assessment gives its text; None where it teaches nothing.

    What could not be verified, lies elsewhere or is a copy teaches only when content and person were both answered.
    """
    if assessment.outcome is Outcome.INDICATION:
        return assessment.act if assessment.act in ACTS else "lainnya"
    if assessment.outcome is Outcome.NO_VIOLATION and assessment.no_violation_reason is NoViolationReason.NOT_ASN:
        return _label_other_actor(predicted)
    if assessment.outcome is Outcome.NO_VIOLATION:
        return LABEL_OF_REASON.get(assessment.no_violation_reason) if assessment.no_violation_reason else None
    answers = (assessment.content_partisan, assessment.person_asn)
    if answers == (Answer.YES, Answer.YES) and assessment.outcome is not Outcome.WITHDRAWN:
        return assessment.act if assessment.act in ACTS else "lainnya"
    return None


def names_class(assessment: Assessment, label: str) -> bool:
    """Whether the label is a class that somebody saw. Who is no civil servant may be in any office, or in none."""
    return assessment.no_violation_reason is not NoViolationReason.NOT_ASN or label in OTHER_ACTORS


def shows_act(assessment: Assessment) -> bool:
    """Whether its reader saw an act of a civil servant."""
    return label_of(assessment, None) in ACTS


def leaves_standing(assessment: Assessment) -> bool:
    """It says of the words only that they are old, a copy or of another area: what was decided of them before still holds."""
    if assessment.outcome is Outcome.NO_VIOLATION:
        return assessment.no_violation_reason is NoViolationReason.OLD
    return assessment.outcome in {Outcome.DUPLICATE, Outcome.OUT_OF_AREA} and not shows_act(assessment)


def _label_other_actor(predicted: str | None) -> str:
    """The form asks only whether the person is ASN; which other office it is, the classifier's guess says where it is one.

    Of a flagged text the guess is an act, so that its office stays unknown: see `names_class`.
    """
    return predicted if predicted in OTHER_ACTORS else "lain"
