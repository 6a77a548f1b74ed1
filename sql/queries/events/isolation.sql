-- Sets the isolation level at which events are claimed.
SET TRANSACTION ISOLATION LEVEL READ COMMITTED
