"""The shared tables: the only place where crawler, classifier and service meet."""

from models.agency import Agency, AgencyTask
from models.alert import (
    Alert,
    AlertKind,
    AlertRead,
    AlertSubscription,
    Cadence,
    DeliveryState,
    Watch,
    Webhook,
    WebhookDelivery,
)
from models.answered import AnsweredRequest
from models.assessment import Answer, Assessment, NoViolationReason, Outcome
from models.audit import AuditEvent, record_event, verify_chain
from models.base import Base, now
from models.case import (
    Case,
    CaseAnswer,
    CaseClock,
    CaseLead,
    CaseMerge,
    CaseReferral,
    CaseStatus,
    ExternalStatus,
    SubjectStatus,
)
from models.cluster import Cluster, ClusterMember, ClusterState, ItemSketch, MembershipBasis, Overlap, OverlapKind, SketchKey
from models.connector import ConnectorCursor, PostRecord, QuotaSpent
from models.crawl import CrawlRun, FetchCause, FetchEvent, FetchOutcome, FrontierState, FrontierUrl, ListUrl, RunState
from models.export import Export, ExportFormat, ExportPurpose
from models.flag import Artifact, ArtifactState, Flag, FlagReason, FlagState, Lease, LeaseEnd, Prediction
from models.followup import CaseStage, FollowUp, Stage
from models.health.states import HealthState
from models.health.tables import QuarantinedPage, QuarantineState, RobotsFile, SourceAlarm, SourceDay, SourceDayCause
from models.item import Item, ItemKind, ItemVersion, Snapshot, VersionPart
from models.law import Clock, Election, ElectionPhase, RuleSet, ViolationType, When
from models.learning import AuditDraw, AuditSample, DrawPurpose, GoldenItem, ShadowScore, TrainingText
from models.reading import GoldenReading
from models.received import Origin, ReceivedCase, ReceivedEntry, ReceivedKind
from models.region import Region, RegionAlias, RegionLevel
from models.review import BulkAction, BulkDeed, FlagSkip, QueueGeneration, QueueSettings, RefreshCause, SavedSearch
from models.schedule import HostClaim, SourceSchedule
from models.sign_in import RecoveryCode, SecondFactor, SignInFailure, UserIdentity
from models.source import Feed, FeedKind, Rights, Source, SourceKind
from models.statistics import FlagChange, FlagTally, Measure
from models.time_stamp import TimeStamp
from models.tip import Tip, TipClosure, TipHour
from models.user import ApiToken, Permission, Role, SignInMethod, User, UserRole, UserSession

__all__ = [
    "Agency",
    "AgencyTask",
    "Alert",
    "AlertKind",
    "AlertRead",
    "AlertSubscription",
    "Answer",
    "AnsweredRequest",
    "ApiToken",
    "Artifact",
    "ArtifactState",
    "Assessment",
    "AuditDraw",
    "AuditEvent",
    "AuditSample",
    "Base",
    "BulkAction",
    "BulkDeed",
    "Cadence",
    "Case",
    "CaseAnswer",
    "CaseClock",
    "CaseLead",
    "CaseMerge",
    "CaseReferral",
    "CaseStage",
    "CaseStatus",
    "Clock",
    "Cluster",
    "ClusterMember",
    "ClusterState",
    "ConnectorCursor",
    "CrawlRun",
    "DeliveryState",
    "DrawPurpose",
    "Election",
    "ElectionPhase",
    "Export",
    "ExportFormat",
    "ExportPurpose",
    "ExternalStatus",
    "Feed",
    "FeedKind",
    "FetchCause",
    "FetchEvent",
    "FetchOutcome",
    "Flag",
    "FlagChange",
    "FlagReason",
    "FlagSkip",
    "FlagState",
    "FlagTally",
    "FollowUp",
    "FrontierState",
    "FrontierUrl",
    "GoldenItem",
    "GoldenReading",
    "HealthState",
    "HostClaim",
    "Item",
    "ItemKind",
    "ItemSketch",
    "ItemVersion",
    "Lease",
    "LeaseEnd",
    "ListUrl",
    "Measure",
    "MembershipBasis",
    "NoViolationReason",
    "Origin",
    "Outcome",
    "Overlap",
    "OverlapKind",
    "Permission",
    "PostRecord",
    "Prediction",
    "QuarantineState",
    "QuarantinedPage",
    "QueueGeneration",
    "QueueSettings",
    "QuotaSpent",
    "ReceivedCase",
    "ReceivedEntry",
    "ReceivedKind",
    "RecoveryCode",
    "RefreshCause",
    "Region",
    "RegionAlias",
    "RegionLevel",
    "Rights",
    "RobotsFile",
    "Role",
    "RuleSet",
    "RunState",
    "SavedSearch",
    "SecondFactor",
    "ShadowScore",
    "SignInFailure",
    "SignInMethod",
    "SketchKey",
    "Snapshot",
    "Source",
    "SourceAlarm",
    "SourceDay",
    "SourceDayCause",
    "SourceKind",
    "SourceSchedule",
    "Stage",
    "SubjectStatus",
    "TimeStamp",
    "Tip",
    "TipClosure",
    "TipHour",
    "TrainingText",
    "User",
    "UserIdentity",
    "UserRole",
    "UserSession",
    "VersionPart",
    "ViolationType",
    "Watch",
    "Webhook",
    "WebhookDelivery",
    "When",
    "now",
    "record_event",
    "verify_chain",
]
