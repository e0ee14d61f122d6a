"""Signing in through OpenID providers."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_0330_oidc"
down_revision = "2026_11_21_0325_sign_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("email_confirmed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "oidc_identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_oidc_identities_user_id_users")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_oidc_identities")),
    )
    op.create_index(op.f("ix_oidc_identities_user_id"), "oidc_identities", ["user_id"], unique=False)
    op.create_table(
        "oidc_attempts",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_oidc_attempts")),
    )
    op.create_index(op.f("ix_oidc_attempts_expires_at"), "oidc_attempts", ["expires_at"], unique=False)
    op.create_table(
        "oidc_codes",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_oidc_codes_user_id_users")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_oidc_codes")),
    )
    op.create_index(op.f("ix_oidc_codes_expires_at"), "oidc_codes", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_oidc_codes_expires_at"), table_name="oidc_codes")
    op.drop_table("oidc_codes")
    op.drop_index(op.f("ix_oidc_attempts_expires_at"), table_name="oidc_attempts")
    op.drop_table("oidc_attempts")
    op.drop_index(op.f("ix_oidc_identities_user_id"), table_name="oidc_identities")
    op.drop_table("oidc_identities")
    op.drop_column("users", "email_confirmed")
