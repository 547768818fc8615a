"""Getting to know an outlet: what `netra sources add` proposes and what `netra sources check` tries."""
