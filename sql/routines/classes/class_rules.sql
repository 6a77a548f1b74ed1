-- Returns the rules by which dbtrack classify --suggest finds columns: a pattern on the name, and the kinds of types that a column
-- must have. The name is in lower case with an underscore before, between and behind its words, without umlauts and
-- numbers: lastName2 is _last_name_. may_end: more words may follow that say which one it is. The first rule that
-- matches with the greatest sureness counts.
CREATE OR REPLACE FUNCTION script_tracking.class_rules()
RETURNS TABLE (
    place pg_catalog.int4,
    rule_name pg_catalog.text,
    class_name pg_catalog.text,
    language pg_catalog.text,
    type_kinds pg_catalog.text[],
    sureness pg_catalog.text,
    may_end pg_catalog.bool,
    why pg_catalog.text,
    name_pattern pg_catalog.text
)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
    SELECT r.place, r.rule_name, r.class_name, r.language, r.type_kinds::pg_catalog.text[], r.sureness, r.may_end, r.why,
        r.name_pattern || CASE WHEN r.may_end THEN
            '(_(address|addr|adresse|number|no|nr|nummer|num|value|plain|text|raw|hash|hashed|digest|encrypted|enc|masked|normalized|lower'
            '|canonical|home|work|private|privat|mobile|primary|secondary|main|alt|alternative|from|to))*_$' ELSE '' END
    FROM (VALUES
        (1, 'email', 'pii', 'en', '{text}', 'high', true,
            'an address for mail names a person',
            '_(e_?mail|email_?addr(ess)?|mail_addr(ess)?)'),
        (2, 'email_de', 'pii', 'de', '{text}', 'high', true,
            'an address for mail names a person',
            '_(e?_?mail_?adresse|e_?post)'),
        (3, 'ssn', 'pii', 'en', '{text,number,bytea}', 'high', true,
            'a number of the state for one person',
            '_(ssn|social_security|socialsecurity|social_insurance|tax_id|taxid|tin|itin|national_id|nationalid|nino|'
            'national_insurance)'),
        (4, 'tax_number_de', 'pii', 'de', '{text,number,bytea}', 'high', true,
            'a number of the state for one person',
            '_(steuer_?(id|identifikationsnummer|nummer|nr)|sozialversicherungs_?(nummer|nr)|sv_?(nummer|nr)|'
            'rentenversicherungs_?(nummer|nr)|ahv_?(nummer|nr)?)'),
        (5, 'passport', 'pii', 'en', '{text,number,bytea}', 'high', true,
            'a document of one person',
            '_(passport|id_card|identity_card|driver_?s?_licen[cs]e|driving_licen[cs]e)'),
        (6, 'passport_de', 'pii', 'de', '{text,number,bytea}', 'high', true,
            'a document of one person',
            '_((reise)?pass_?(nummer|nr)|personalausweis|ausweis(nummer|nr)?|fuehrerschein(nummer|nr)?)'),
        (7, 'iban', 'pii', 'any', '{text,number,bytea}', 'high', true,
            'a bank account belongs to a person or a firm',
            '_(iban|bic_iban|bank_account|account_iban|konto_?(nummer|nr)|bankverbindung)'),
        (8, 'card_number', 'pci', 'en', '{text,number,bytea}', 'high', true,
            'the number of a payment card (PCI DSS)',
            '_(pan|card_?(number|no|num)|cc_?(number|no|num)|credit_?card|creditcard_?(number|no|num)|primary_account_number|'
            'debit_?card)'),
        (9, 'card_number_de', 'pci', 'de', '{text,number,bytea}', 'high', true,
            'the number of a payment card (PCI DSS)',
            '_(kredit_?karte|kredit_?karten_?(nummer|nr)|karten_?(nummer|nr))'),
        (10, 'card_code', 'pci', 'any', '{text,number,bytea}', 'high', true,
            'sensitive authentication data of a payment card (PCI DSS)',
            '_(cvv|cvc|cvv2|cvc2|cid_code|card_?(verification|security)_?(code|value)|pruefziffer_karte|card_pin|pin_block|'
            'track_?data|magstripe)'),
        (11, 'card_expiry', 'pci', 'en', '{text,number,date}', 'medium', true,
            'cardholder data, where it stands beside the number of the card',
            '_((card|cc)_?(exp|expiry|expires|expiration|expire|valid)(_?(date|month|year|mm_?yy|until|thru|at|on))?|(card|'
            'cc)_?holder(_?name)?|card_?last_?(4|four)?)'),
        (12, 'birth', 'pii', 'en', '{text,date,number}', 'high', true,
            'a date of birth tells people apart',
            '_(birth|birth_?(date|day|place|year|name)|date_of_birth|dob|place_of_birth|born(_(on|at))?)'),
        (13, 'birth_de', 'pii', 'de', '{text,date,number}', 'high', true,
            'a date of birth tells people apart',
            '_(geburts_?(datum|tag|ort|name|jahr)|geb_?(datum|dat)|geboren(_am)?)'),
        (14, 'diagnosis', 'phi', 'en', '{text,number,json,date,bytea}', 'high', true,
            'data about health',
            '_(diagnos[ie]s|diagnostic_code|diagnoses_text|symptoms?|medical_(history|record|condition|notes?)|'
            'clinical_notes?|allerg(y|ies)|prescriptions?|medications?|treatments?|blood_(type|group|pressure)|lab_results?|'
            'hiv(_status)?|disabilit(y|ies)|vaccinations?|anamnesis)'),
        (15, 'diagnosis_de', 'phi', 'de', '{text,number,json,date,bytea}', 'high', true,
            'data about health',
            '_(diagnosen?(_?(schluessel|code|text))?|befunde?|symptome?|kranken_?akte|krankheit(en|sbild)?|allergien?|'
            'medikament(e|en|ation)?|rezepte?|behandlung(en|sgrund)?|blut_?(gruppe|druck)|labor_?(wert|werte|ergebnis)|'
            'schwerbehinder(t|ung)|gdb|impf(ung|ungen|status)|anamnese)'),
        (16, 'icd', 'phi', 'any', '{text}', 'high', true,
            'a code for a diagnosis, a procedure or a drug',
            '_(icd|icd_?(9|10|11)?_?(cm|gm|code|kode|schluessel)?|snomed(_ct)?(_code)?|loinc(_code)?|cpt_code|ops_?(code|'
            'schluessel)|atc_code|pzn|ndc_code)'),
        (17, 'health_insurance', 'phi', 'en', '{text,number}', 'high', true,
            'a number by which a patient is known',
            '_(mrn|medical_record_?(number|no)|patient_?(id|number|no|name)|health_?(insurance|plan)(_?(id|number|no|'
            'member))?|insurance_member_?(id|no)?|npi|medicare(_?(id|no))?|medicaid(_?(id|no))?|nhs_?(number|no)?)'),
        (18, 'health_insurance_de', 'phi', 'de', '{text,number}', 'high', true,
            'a number by which a patient is known',
            '_(kv_?(nummer|nr)|krankenkassen?(_?(nummer|nr))?|krankenversicherten_?(nummer|nr)|versicherten_?(nummer|nr)|'
            'patienten_?(nummer|nr|id|name)|egk_?(nummer|nr)?)'),
        (19, 'phone', 'pii', 'en', '{text,number}', 'high', true,
            'a number for calls names a person or a firm',
            '_(phone|tele?phone|mobile|mobile_?phone|cell_?phone|fax|msisdn|phone_?(number|no))'),
        (20, 'phone_de', 'pii', 'de', '{text,number}', 'high', true,
            'a number for calls names a person or a firm',
            '_(telefon|tel|handy|mobil|mobil_?(telefon|nummer|nr)|rufnummer|telefon_?(nummer|nr)|tele_?fax)'),
        (21, 'first_name', 'pii', 'en', '{text}', 'high', true,
            'the name of a person',
            '_(first_?name|last_?name|sur_?name|family_?name|given_?name|middle_?name|maiden_?name|full_?name|fname|lname|'
            'person_name|customer_name|employee_name|contact_name|mothers?_maiden_name)'),
        (22, 'first_name_de', 'pii', 'de', '{text}', 'high', true,
            'the name of a person',
            '_(vorname|nachname|familienname|zuname|geburtsname|maedchenname|ansprechpartner|kundenname|mitarbeitername|'
            'vor_und_nachname)'),
        (23, 'address', 'pii', 'en', '{text,json}', 'medium', true,
            'where somebody lives or works; that of a firm does not count',
            '_(address|addr|street|street_?(name|no|number|address|line)|address_?line_?[a-z0-9]*|postal_?address|'
            'home_?address|billing_address|shipping_address|delivery_address)'),
        (24, 'address_de', 'pii', 'de', '{text,json}', 'medium', true,
            'where somebody lives or works; that of a firm does not count',
            '_(adresse|anschrift|strasse|strasse_?(nr|nummer)|haus_?(nummer|nr)|wohnort|liefer_?(adresse|anschrift)|'
            'rechnungs_?(adresse|anschrift))'),
        (25, 'postcode', 'pii', 'any', '{text,number}', 'low', true,
            'with a birthday or a street it tells who is meant',
            '_(zip|zip_?code|post_?code|postal_?code|plz|postleit_?zahl)'),
        (26, 'gender', 'pii', 'any', '{text,number}', 'medium', true,
            'an attribute of a person; some of these are special categories (GDPR, art. 9)',
            '_(gender|sex|geschlecht|anrede|salutation|marital_?status|familienstand|nationality|staatsangehoerigkeit|'
            'ethnicity|ethnic_origin|race|religion|konfession|sexual_orientation|political_(views?|party)|'
            'union_member(ship)?|gewerkschaft)'),
        (27, 'salary', 'pii', 'any', '{text,number}', 'medium', true,
            'what a person earns',
            '_(salary|wage|wages|income|annual_income|net_worth|gehalt|lohn|einkommen|brutto_?(gehalt|lohn)|netto_?(gehalt|'
            'lohn))'),
        (28, 'location', 'pii', 'any', '{text,number,other}', 'low', true,
            'where somebody was, if the rows are about people',
            '_(latitude|longitude|lat|lon|lng|geo_?(location|point)|gps(_?(position|coordinates|lat|lon))?|'
            'standort_?koordinaten)'),
        (29, 'network_address', 'pii', 'any', '{text,inet,number}', 'medium', true,
            'an address of a device is personal data where it can be attributed',
            '_(ip|ip_?addr(ess)?|client_ip|remote_ip|remote_addr(ess)?|last_ip|sign_?up_ip|login_ip|mac_?addr(ess)?|imei|'
            'imsi|advertising_id|idfa|ip_?adresse)'),
        (30, 'network_type', 'pii', 'any', '{inet}', 'low', false,
            'its type is that of an address in a network',
            '^'),
        (31, 'biometric', 'pii', 'any', '{text,bytea,json}', 'medium', true,
            'a picture or a template of a person',
            '_(fingerprint_(image|template)|finger_?abdruck|face_?(image|template|encoding)|iris_(scan|template)|'
            'voice_?print|biometric(s|_?(data|template))?|biometrie|photo|portrait|signature_image|passfoto|lichtbild|'
            'unterschrift)'),
        (32, 'password', 'secret', 'en', '{text,bytea}', 'high', true,
            'whoever reads it can log in, or try passwords against it',
            '_(password|passwd|pwd|pass_?phrase|pass_?word_?(hash|digest|salt)|pw_?hash|crypt_password|security_answer|'
            'pin_?(code|hash)|pin)'),
        (33, 'password_de', 'secret', 'de', '{text,bytea}', 'high', true,
            'whoever reads it can log in, or try passwords against it',
            '_(passwort|kennwort|pass_?wort_?hash|losung|geheim_?(zahl|nummer|wort)|sicherheits_?antwort)'),
        (34, 'token', 'secret', 'any', '{text,bytea,json}', 'high', true,
            'whoever has it acts as somebody else',
            '_((access|refresh|api|auth|bearer|session|csrf|reset|confirmation|verification|remember|id|oauth|invitation|'
            'device|push|webhook|bot|personal_access)_?token(_?(secret|digest))?|token_?secret|jwt|session_?(key|cookie)|'
            'zugangs_?token)'),
        (35, 'token_plain', 'secret', 'any', '{text,bytea,json}', 'medium', true,
            'it looks like a token; a word of a text is called so, too',
            '_(token|otp|totp|otp_?(secret|backup_codes)|mfa_?secret|recovery_?codes?|backup_?codes?)'),
        (36, 'secret', 'secret', 'any', '{text,bytea,json}', 'high', true,
            'a secret of a program',
            '_(secret|client_?secret|shared_?secret|signing_?secret|webhook_?secret|secret_?(key|value|access_key)|api_?(key|'
            'secret)|app_?(key|secret)|access_?key(_id)?|account_?key|credentials?|geheimnis|zugangsdaten|connection_?string|'
            'dsn|database_url)'),
        (37, 'key', 'secret', 'any', '{text,bytea,json}', 'high', true,
            'a key opens what it was made for',
            '_(private_?key|priv_?key|encryption_?key|signing_?key|hmac_?key|aes_?key|master_?key|ssh_?key|host_?key|'
            'wrapped_?key|key_?(material|pem|bytes|data)|seed_phrase|mnemonic|keystore|pkcs12|pfx|privater_?schluessel|'
            'schluessel_?material)'),
        (38, 'key_bytes', 'secret', 'any', '{bytea}', 'medium', true,
            'bytes of this name are often a key; a hash key of a data vault opens nothing',
            '_(key|salt|nonce|secret|seed|schluessel)'),
        -- Not of numbers: those are keys of a table of devices.
        (39, 'device_text', 'pii', 'any', '{text}', 'low', true,
            'what a device calls itself is personal data where it can be attributed',
            '_device_id')
    ) AS r (place, rule_name, class_name, language, type_kinds, sureness, may_end, why, name_pattern)
$function$;

COMMENT ON FUNCTION script_tracking.class_rules() IS
    'The rules by which dbtrack classify --suggest finds columns: class, pattern, kinds of types, how sure, and why';
