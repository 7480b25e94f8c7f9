"""Who and what the sample community consists of. Nobody in it is real."""

from __future__ import annotations

from dataclasses import dataclass

from timebank.community import SetUp
from timebank.rewards import AddReward

PASSWORD = "sunflower bench 12"

COMMUNITY = SetUp(
    name="Riverside Voices",
    brand_colour="#7a3b69",
    contact_name="Helen Marsh",
    contact_email="hello@riverside-voices.example.org",
    contact_phone="01632 960 120",
    admin_name="Priya Shah",
    admin_email="priya@example.org",
    admin_is_member=True,
)


@dataclass(frozen=True)
class SampleStaff:
    """Somebody who works for the time bank and is no member."""

    name: str
    email: str
    role: str


@dataclass(frozen=True)
class SampleMember:
    """A member of the sample community; ``joins`` is the month of the story, from 0."""

    name: str
    email: str | None = None
    phone: str | None = None
    statement_by: str = "link"
    choice: str = "accept"
    no_money_rewards: bool = False
    needs: str | None = None
    joins: int = 0


STAFF = (
    SampleStaff("Helen Marsh", "helen@example.org", "coordinator"),
    SampleStaff("Gareth Price", "gareth@example.org", "treasurer"),
)

MEMBERS = (
    SampleMember("Dorothy Clarke", phone="01632 960 131"),
    SampleMember("Winston Brown", phone="01632 960 132"),
    SampleMember(
        "Siân Pritchard",
        "sian@example.org",
        statement_by="mail",
        needs="Cares for her mother: afternoons are easier, and texts rather than calls.",
    ),
    SampleMember("Mohammed Iqbal", "mohammed@example.org"),
    SampleMember("Agnieszka Kowalska", "agnieszka@example.org"),
    SampleMember("Tom Ferguson", "tom@example.org"),
    SampleMember("Grace Okafor", "grace@example.org"),
    SampleMember("Chen Mei-Ling", "mei-ling@example.org"),
    SampleMember("Aidan O'Connor", "aidan@example.org", choice="pot"),
    SampleMember("Rukhsana Begum", "rukhsana@example.org"),
    SampleMember("Joan Atkinson", "joan@example.org", statement_by="mail", no_money_rewards=True),
    SampleMember("Callum Reid", "callum@example.org", joins=2),
    SampleMember("Esther Adeyemi", "esther@example.org", joins=3),
)

# Who can sign in, as whom.
SIGN_INS = {
    "Priya Shah": ("priya@example.org", "administrator, coordinator and member"),
    "Helen Marsh": ("helen@example.org", "coordinator"),
    "Gareth Price": ("gareth@example.org", "treasurer"),
    "Grace Okafor": ("grace@example.org", "member"),
    "Siân Pritchard": ("sian@example.org", "member"),
    "Joan Atkinson": ("joan@example.org", "member"),
}

LEAFLET = (
    "Leaving hospital leaflet: what should it say?",
    "Leaving hospital leaflet: whose words?",
    "Leaving hospital leaflet: first draft",
    "Leaving hospital leaflet: tried on the ward",
    "Leaving hospital leaflet: second draft",
    "Leaving hospital leaflet: pictures and print",
    "Leaving hospital leaflet: what did we learn?",
)

READING = "Reading panel: papers from the hospital trust"

REWARDS = {
    "chairing": AddReward(
        kind="training",
        title="Chairing a meeting",
        description="A relaxed morning on keeping a meeting friendly, fair and on time.",
        provider="Riverside Community Hall",
        price_minutes=180,
        cost_pence=2500,
        places=8,
    ),
    "watercolour": AddReward(
        kind="class",
        title="Watercolour for beginners",
        description="One afternoon. Paint and paper are there; nobody has to show anything.",
        provider="Riverside Arts",
        price_minutes=120,
        places=6,
    ),
    "voucher": AddReward(
        kind="voucher",
        title="£10 supermarket voucher",
        description="A paper voucher, handed over by a coordinator.",
        provider="Any large supermarket",
        price_minutes=240,
        money_pence=1000,
        cost_pence=1000,
    ),
    "charity": AddReward(
        kind="charity",
        title="Gift to Riverside Food Bank",
        description="The group gives £5 to the food bank in your place, with or without your name.",
        provider="Riverside Food Bank",
        price_minutes=120,
        money_pence=500,
        cost_pence=500,
        charity_number="1234567",
    ),
}
