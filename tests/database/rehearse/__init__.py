"""`dbtrack rehearse` on real servers."""
