"""The made-up people of the demo, with the programme's teams and roles."""

from dataclasses import dataclass

from portal.core.identity.roles import Role

TEAMS = {
    "data-platform": "Data Platform",
    "product-analytics": "Product Analytics",
    "data-quality": "Data Quality",
    "ml-platform": "ML Platform",
    "mlops": "MLOps",
    "ai-safety": "AI Safety Board",
    "security": "Security",
    "leadership": "Leadership",
}


@dataclass(frozen=True)
class Person:
    """Somebody of the demo, with (role, team or nothing) pairs."""

    name: str
    email: str
    roles: tuple[tuple[Role, str | None], ...]

    @property
    def duties(self) -> str:
        """What the person is in the demo, in words.

        >>> Person("Dan", "dan@demo.example.com", ((Role.ON_CALL, "mlops"), (Role.OWNER, "mlops"))).duties
        'on-call engineer of MLOps, owner of MLOps'
        >>> Person("Aud", "aud@demo.example.com", ((Role.AUDITOR, None),)).duties
        'auditor'
        """
        return ", ".join(f"{role.label} of {TEAMS[team]}" if team else role.label for role, team in self.roles)


PEOPLE = (
    Person("Ana Owens", "ana@demo.example.com", ((Role.OWNER, "data-platform"),)),
    Person("Omar Diaz", "omar@demo.example.com", ((Role.OWNER, "data-platform"),)),
    Person("Bob Tran", "bob@demo.example.com", ((Role.CONTRIBUTOR, "data-platform"),)),
    Person("Cleo Marsh", "cleo@demo.example.com", ((Role.CONSUMER, "product-analytics"),)),
    Person("Oli Brandt", "oli@demo.example.com", ((Role.OWNER, "ml-platform"),)),
    Person("Mia Sand", "mia@demo.example.com", ((Role.CONSUMER, "ml-platform"),)),
    Person("Dan Pager", "dan@demo.example.com", ((Role.ON_CALL, "data-platform"), (Role.ON_CALL, "ml-platform"))),
    Person("Lee Hart", "lee@demo.example.com", ((Role.OWNER, "data-quality"), (Role.ON_CALL, "data-quality"))),
    Person("Moe Varga", "moe@demo.example.com", ((Role.OWNER, "mlops"), (Role.ON_CALL, "mlops"))),
    Person("Sia Novak", "sia@demo.example.com", ((Role.OWNER, "ai-safety"), (Role.ON_CALL, "ai-safety"))),
    Person("Cai Romero", "cai@demo.example.com", ((Role.OWNER, "security"),)),
    Person("Tess Obi", "tess@demo.example.com", ((Role.OWNER, "leadership"),)),
    Person("Pia Quinn", "pia@demo.example.com", ((Role.PRIVACY_OFFICER, None),)),
    Person("Petra Lind", "petra@demo.example.com", ((Role.PRIVACY_OFFICER, None),)),
    Person("Aud Iversen", "aud@demo.example.com", ((Role.AUDITOR, None),)),
    Person("Hal Reyes", "hal@demo.example.com", ((Role.HEAD_OF_DATA, None),)),
    Person("Ada Min", "ada@demo.example.com", ((Role.ADMINISTRATOR, None),)),
)
ADDRESSES = (
    ("data-platform@company.com", "data-platform", "email"),
    ("#data-oncall", "data-platform", "channel"),
    ("product-analytics@company.com", "product-analytics", "email"),
    ("data-quality@company.com", "data-quality", "email"),
    ("ml-platform@company.com", "ml-platform", "email"),
    ("mlops@company.com", "mlops", "email"),
    ("ai-safety@company.com", "ai-safety", "email"),
    ("#ml-oncall", "ml-platform", "channel"),
)
