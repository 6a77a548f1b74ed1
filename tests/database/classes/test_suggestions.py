"""Names and types from real schemas, in English and German: what is suggested as what, and what is not."""

from __future__ import annotations

from dbtrack.db import Database
from dbtrack.operations.classes import apply, classify, suggest
from dbtrack.sureness import Sureness
from tests.support.servers.sandbox import RoleFactory
from tests.support.tenancy import Tenancy

_EXPECTED = {
    "pii": (
        "email text, emailAddress varchar, e_mail citext_like, contact_email text[], mail_adresse text, kontakt_emailadresse text, "
        "ssn text, social_security_number text, tax_id text, steuer_id text, steuernummer text, sv_nummer text, "
        "passport_number text, ausweisnummer text, fuehrerschein_nr text, iban text, kontonummer text, bank_account text, "
        "birth_date date, dateOfBirth date, dob date, geburtsdatum date, geburtstag date, geb_dat date, "
        "phone text, phone_number text, mobile text, msisdn text, telefon text, handy text, telefonnummer text, fax text, "
        "first_name text, lastName2 text, surname text, full_name text, vorname text, nachname text, ansprechpartner text, "
        "address text, street text, address_line1 text, home_address text, strasse text, straße text, hausnummer text, wohnort text, "
        "zip_code text, plz text, postleitzahl text, gender text, geschlecht text, religion text, nationality text, "
        "salary numeric, gehalt numeric, client_ip inet, ip_address text, peer cidr, imei bigint, device_id text, latitude float8, fingerprint_template bytea"
    ),
    "pci": (
        "card_number text, pan text, cc_number text, credit_card text, kreditkartennummer text, cvv text, cvc2 text, "
        "card_expiry date, card_holder_name text, card_pin text"
    ),
    "phi": (
        "diagnosis text, diagnosis_text text, icd10 text, icd_code text, medical_history text, blood_type text, allergies jsonb, "
        "prescription text, mrn text, patient_id int, health_insurance_number text, diagnose text, befund text, krankenakte bytea, "
        "versichertennummer text, krankenkasse text, allergien text, impfstatus text"
    ),
    "secret": (
        "password text, password_hash text, passwd text, pwd text, encrypted_password text_2, passwort text, kennwort text, "
        "access_token text, refreshToken text, api_key text, client_secret text, private_key bytea, session_token text, "
        "secret_key text, totp_secret text, salt bytea, ssh_key text, signing_key bytea, zugangsdaten jsonb"
    ),
    None: (
        "id int, created_at timestamptz, email_sent_at timestamptz, email_verified boolean, email_count int, email_template text, "
        "address_id int, device_id int, deviceId2 bigint, phone_verified boolean, password_changed_at timestamptz, password_reset_required boolean, token_type text, "
        "token_count int, key_id uuid, key text, primary_key text, foreign_key text, sort_key text, name text, title text, status text, "
        "card_type text, card_id int, cardinality int, panel text, company text, spanning text, total numeric, amount numeric, "
        "currency text, secretary_id int, diagnosis_count_at timestamptz, street_light_id int, place text, ship_date date, "
        "description text, notes text, version int, url text, state text, mobile_enabled boolean, phonetic text, mailing_id int, "
        "sex_education boolean, stadt_id int, nummer text, nr int, pinned boolean, opinion text, salt_content numeric, "
        "rezeptur_id int, kundennummer text, artikelnummer text, bestelldatum date, preis numeric, laenge int, gewicht numeric"
    ),
}


def test_what_names_and_types_say(installed: Database) -> None:
    installed.execute(
        "CREATE SCHEMA shop; CREATE DOMAIN citext_like AS text; CREATE DOMAIN text_2 AS varchar(200)"
    )
    expected: dict[tuple[str, str], str | None] = {}
    for number, (class_name, columns) in enumerate(_EXPECTED.items()):
        listed = [column.strip().rsplit(" ", 1) for column in columns.split(",")]
        definitions = ", ".join(f'"{name}" {kind}' for name, kind in listed)
        installed.execute(f"CREATE TABLE shop.t{number} ({definitions})")
        expected |= {(f"shop.t{number}", name): class_name for name, _ in listed}
    found = {(each.object_identity, each.column_name): each.class_name for each in suggest(installed)}
    assert {place: found.get(place) for place in expected} == expected
    assert found.keys() <= expected.keys()


def test_suggestions_are_applied_once_and_do_not_come_back(installed: Database) -> None:
    installed.execute(
        'CREATE TABLE people (ssn text, pan text, plz text, note text); CREATE TABLE "A b" ("e""mail" text, email text);'
        "CREATE VIEW shown AS SELECT ssn, note FROM people; CREATE MATERIALIZED VIEW counted AS SELECT count(ssn) AS n FROM people"
    )
    sure = suggest(installed, sureness=Sureness.HIGH)
    assert {(each.name, each.class_name) for each in sure} == {
        ('public.people."ssn"', "pii"),
        ('public.people."pan"', "pci"),
        ('public."A b"."email"', "pii"),
        ('public."A b"."e""mail"', "pii"),
    }
    assert apply(installed, sure) == 4
    reasons = installed.rows(
        "SELECT DISTINCT reason LIKE 'suggested: %%' FROM script_tracking.get_classes()", {}
    )
    assert reasons == [(True,)]
    classify(installed, "people.plz", "pii")
    classify(installed, "people.plz", "pii", removes=True)
    # Views of what is classified now; not what somebody took a class away from.
    assert [(each.name, each.sureness, each.why) for each in suggest(installed)] == [
        ('public.shown."ssn"', "high", "it reads public.people.ssn"),
        ("public.counted", "medium", "it reads public.people.ssn"),
    ]
    assert [each.name for each in suggest(installed, "pci")] == []


def test_a_tenant_sees_suggestions_for_its_own_schemas(tenancy: Tenancy, role: RoleFactory) -> None:
    boss = tenancy.superuser
    for name in ("acme", "globex", "nobody"):
        boss.execute(f"CREATE SCHEMA s_{name}; CREATE TABLE s_{name}.people (email text, ssn text)".encode())
        boss.execute(f"CREATE VIEW s_{name}.reads AS SELECT ssn FROM s_acme.people".encode())

    def seen_by(login: str) -> set[str]:
        with tenancy.connect(login) as connection:
            return {each.object_identity for each in suggest(Database.wrap(connection))}

    auditor, everything, reader = role("ines"), role("ida"), role("reader", member_of=("dbtrack_reader",))
    boss.execute(
        "SELECT script_tracking.grant_tenant(%s, 'acme'),"
        " script_tracking.add_auditor(%s, now() + interval '1 hour', '{acme}'), script_tracking.enter_auditor(%s),"
        " script_tracking.add_auditor(%s, now() + interval '1 hour', NULL), script_tracking.enter_auditor(%s)",
        (reader, auditor, auditor, everything, everything),
    )
    for login in (reader, auditor, *tenancy.logins.values()):
        assert seen_by(login) == set()  # no schema is mapped
    boss.execute(
        "SELECT script_tracking.map_tenant_schema('s_acme', 'acme'), script_tracking.map_tenant_schema('s_globex', 'globex')"
    )
    classify(Database.wrap(boss), "s_acme.people.ssn", "pii")
    assert (
        seen_by(reader)
        == seen_by(auditor)
        == seen_by(tenancy.logins["acme"])
        == {"s_acme.people", "s_acme.reads"}
    )
    assert seen_by(tenancy.logins["globex"]) == {"s_globex.people"}
    tables, views = (
        {f"s_{name}.{kind}" for name in ("acme", "globex", "nobody")} for kind in ("people", "reads")
    )
    assert seen_by(everything) == tables | views
