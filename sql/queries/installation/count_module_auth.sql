SELECT count(*) FROM auth.user_h;
