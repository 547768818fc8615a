"""Every table that can be exported, by the name that stands in addresses and in the trail."""

from service.exports.case_table import CaseTable
from service.exports.follow_up_table import FollowUpTable
from service.exports.queue_table import QueueTable
from service.exports.tables import ExportTable
from service.exports.trail_table import TrailTable

TABLES: dict[str, ExportTable] = {table.slug: table for table in (QueueTable(), CaseTable(), FollowUpTable(), TrailTable())}
