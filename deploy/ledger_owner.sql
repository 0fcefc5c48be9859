-- The ledger's tables belong to a role that the application does not use: it can add to them and read them, and can
-- neither change a row nor drop the triggers that refuse it. Run once as the database's administrator, after the
-- first migration, and again after an upgrade that changed these tables. The portal connects as custody_app;
-- migrations run as an administrator who is a member of custody_ledger.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'custody_ledger') THEN CREATE ROLE custody_ledger NOLOGIN; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'custody_app') THEN CREATE ROLE custody_app LOGIN; END IF;
END $$;

GRANT USAGE ON SCHEMA public TO custody_ledger, custody_app;
GRANT CREATE ON SCHEMA public TO custody_ledger;

DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['entry', 'leaf', 'node', 'checkpoint', 'timestamp', 'publickey', 'artifact', 'expiry'] LOOP
        EXECUTE format('ALTER TABLE %I OWNER TO custody_ledger', 'evidence_' || name);
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, custody_app', 'evidence_' || name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO custody_app', 'evidence_' || name);
    END LOOP;
END $$;
ALTER FUNCTION evidence_refuse() OWNER TO custody_ledger;
REVOKE CREATE ON SCHEMA public FROM custody_ledger;
