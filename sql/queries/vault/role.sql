-- The role of the logins that push into this vault.
SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.vault'
