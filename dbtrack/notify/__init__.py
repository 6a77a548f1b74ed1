"""Send events to webhooks, chats and mail, and evaluate alerts."""
