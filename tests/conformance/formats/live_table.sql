CREATE TYPE {schema}.plan AS ENUM ('free', 'paid');
CREATE TABLE {schema}.sign_ups (
  id uuid PRIMARY KEY,
  "e mail" text NOT NULL UNIQUE,
  plan {schema}.plan NOT NULL,
  at timestamp with time zone NOT NULL,
  price numeric(10, 2) CHECK (price >= 0),
  tags text[],
  raw jsonb,
  a integer,
  b integer,
  secret_note text,
  UNIQUE (a, b)
);
COMMENT ON TABLE {schema}.sign_ups IS 'Who signed up; it''s one row a person';
COMMENT ON COLUMN {schema}.sign_ups.plan IS 'What they pay for';
