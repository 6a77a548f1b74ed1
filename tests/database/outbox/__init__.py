"""Operations that services published to a bus."""
