"""Operations of a TwinSpace: signed bytes in hash-chained logs, and what follows from them."""
