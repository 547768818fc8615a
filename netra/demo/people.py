"""Who may sign in while the demo runs. All of them are invented."""

from dataclasses import dataclass

DEMO_PASSWORD = "netra-demo"  # noqa: S105 - published on purpose: its users may sign in only while the demo runs


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    role: str


PEOPLE = (
    DemoPerson("rina", "Rina Kartikasari", "pengawas"),
    DemoPerson("bagas", "Bagas Wiratama", "pengawas"),
    DemoPerson("sekar", "Sekar Ayuningtyas", "koordinator"),
    DemoPerson("admin", "Admin Demo", "admin"),
)
