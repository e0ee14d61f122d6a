"""What the demo data is made of."""

PEOPLE = ("ada", "bela", "chidi", "dora", "emre", "freya", "goran", "hana")

PROJECTS = {
    "WEB": ("Website", "What the world sees of us: **fast**, readable, found."),
    "APP": ("Mobile app", "The same on a telephone, also without a network."),
    "OPS": ("Operations", "What runs, keeps running."),
    "DOC": ("Handbook", "So that nobody has to ask twice."),
    "FIN": ("Bookkeeping", "Money in, money out, and the papers for both."),
}

VERBS = ("Write", "Review", "Fix", "Measure", "Plan", "Test", "Document", "Clean up", "Replace", "Automate")
THINGS = {
    "WEB": ("the price page", "the sign-up form", "the cookie banner", "the search box", "broken links", "the footer"),
    "APP": ("the start screen", "push messages", "offline mode", "the crash on rotation", "dark colours", "the icons"),
    "OPS": (
        "the backups",
        "certificate renewal",
        "the alert rules",
        "log rotation",
        "the staging system",
        "disk space",
    ),
    "DOC": ("the first chapter", "the glossary", "the screenshots", "the release notes", "the index", "the examples"),
    "FIN": ("the invoices", "the travel costs", "the yearly report", "open payments", "the budget", "receipts"),
}
OCCASIONS = (
    *("", "", "before the release", "for new customers", "after the review", "in both languages"),
    *("with fewer steps", "for the spring", "as the audit asks", "once more"),
)
STEPS = ("Ask who has done it before", "Make a first version", "Let somebody try it", "Tell everybody")
DESCRIPTIONS = (
    "",
    "",
    "Part of *{project}*.\n\n- [ ] look\n- [ ] do\n- [ ] tell",
    "What we know:\n\n1. it happens on Mondays\n2. nobody asked for it\n\nSee `notes.md`, and **decide by Friday**.",
)
SAYINGS = (
    "I can take this one.",
    "Does this still happen with the newest version?",
    "Waiting for an answer from outside.",
    "Done on my side, please have a look.",
    "Let us talk about this on Monday.\n\n- what it costs\n- who decides",
)

LABELS = {
    "bug": "#d73a4a",
    "idea": "#2f81f7",
    "quick win": "#1a7f37",
    "customer": "#bf8700",
    "debt": "#8250df",
    "question": "#0598bc",
}
COLUMNS = {
    "WEB": (
        ("Backlog", "todo", "#8c8c8c"),
        ("Ready", "todo", "#2f81f7"),
        ("Doing", "in_progress", "#8250df"),
        ("In review", "in_progress", "#bf8700"),
        ("Live", "completed", "#1a7f37"),
        ("Dropped", "archived", "#57606a"),
    ),
}
FIELDS = {"APP": {"name": "Platform", "type": "choice", "options": ["Android", "iOS", "both"]}}
VIEWS = (
    {"name": "Urgent this week", "filter": "priority>=high and due<today+7d and status!=completed", "sort": "due_date"},
    {"name": "Nobody has it", "filter": "assignee is empty and status=todo", "sort": "-priority"},
)
