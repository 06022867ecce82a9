-- What lies beside the chains is looked for before each own word, and there is seldom any.
CREATE INDEX operations_beside ON operations (space, log) WHERE accepted = 0;
