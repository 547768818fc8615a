"""The shared tables: the only place where crawler, classifier and service meet."""

from models.agency import Agency, AgencyTask
from models.assessment import Answer, Assessment, NoViolationReason, Outcome
from models.audit import AuditEvent, record_event, verify_chain
from models.base import Base, now
from models.cluster import Cluster, ClusterMember, ClusterState, ItemSketch, MembershipBasis, Overlap, OverlapKind, SketchKey
from models.connector import ConnectorCursor, PostRecord, QuotaSpent
from models.crawl import CrawlRun, FetchCause, FetchEvent, FetchOutcome, FrontierState, FrontierUrl, ListUrl, RunState
from models.flag import Artifact, ArtifactState, Flag, FlagReason, FlagState, Lease, LeaseEnd, Prediction
from models.item import Item, ItemKind, ItemVersion, Snapshot, VersionPart
from models.law import Clock, Election, ElectionPhase, RuleSet, ViolationType, When
from models.learning import AuditDraw, AuditSample, DrawPurpose, GoldenItem, ShadowScore, TrainingText
from models.region import Region, RegionAlias, RegionLevel
from models.source import Feed, FeedKind, Rights, Source, SourceKind
from models.time_stamp import TimeStamp
from models.user import ApiToken, Permission, Role, User, UserRole, UserSession

__all__ = [
    "Agency",
    "AgencyTask",
    "Answer",
    "ApiToken",
    "Artifact",
    "ArtifactState",
    "Assessment",
    "AuditDraw",
    "AuditEvent",
    "AuditSample",
    "Base",
    "Clock",
    "Cluster",
    "ClusterMember",
    "ClusterState",
    "ConnectorCursor",
    "CrawlRun",
    "DrawPurpose",
    "Election",
    "ElectionPhase",
    "Feed",
    "FeedKind",
    "FetchCause",
    "FetchEvent",
    "FetchOutcome",
    "Flag",
    "FlagReason",
    "FlagState",
    "FrontierState",
    "FrontierUrl",
    "GoldenItem",
    "Item",
    "ItemKind",
    "ItemSketch",
    "ItemVersion",
    "Lease",
    "LeaseEnd",
    "ListUrl",
    "MembershipBasis",
    "NoViolationReason",
    "Outcome",
    "Overlap",
    "OverlapKind",
    "Permission",
    "PostRecord",
    "Prediction",
    "QuotaSpent",
    "Region",
    "RegionAlias",
    "RegionLevel",
    "Rights",
    "Role",
    "RuleSet",
    "RunState",
    "ShadowScore",
    "SketchKey",
    "Snapshot",
    "Source",
    "SourceKind",
    "TimeStamp",
    "TrainingText",
    "User",
    "UserRole",
    "UserSession",
    "VersionPart",
    "ViolationType",
    "When",
    "now",
    "record_event",
    "verify_chain",
]
